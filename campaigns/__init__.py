"""Random campaigns: minutes of scenarios against independent programs; `make campaign` runs them."""
