# %% [markdown]
# # Build now or wait?
#
# A worked example on the toy of three sites, whose answers are small enough to be checked by hand
# (the arithmetic stands in `models/toy.yaml`). The cells run in Jupyter (open as notebook), VS Code
# or Spyder, or all at once with `python models/examples/build_or_wait.py`.

# %%
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import siting

MODELS = Path(__file__).parents[1] if "__file__" in globals() else Path("models")

# %% [markdown]
# ## Solve
# `load` checks everything and names what is wrong with its line; `solve` proves and audits the plan.

# %%
toy = siting.load(MODELS / "toy.yaml")
plan = siting.solve(toy)
print(plan)
plan

# %% [markdown]
# ## Look
# `plan.sites` is a GeoDataFrame, `plan.frame(name)` any table, `plan.timeline()` and `plan.explore()`
# are figures that need no connection. At first only `far` can be served.

# %%
print(plan.sites[["site", "is_chosen", "first_energised_date", "it_mw"]].to_string(index=False))
print(plan.frame("service")[["period_start", "site", "it_mw"]].to_string(index=False))

# %%
plan.timeline()

# %%
plan.explore(at=date(2027, 7, 1))

# %% [markdown]
# ## Now or later
# Waiting three years serves nothing within the horizon; the delay costs more than any campus.

# %%
study = siting.compare(toy, ["build_now", "wait_until"])
print(study.strategies[["strategy", "cost_usd", "cost_increase_lower_usd"]].to_string(index=False))
study

# %%
study.timeline()

# %% [markdown]
# ## Change one number
# Cooling that takes a quarter of the power: the same sites, dearer energy.

# %%
warm = siting.solve(siting.load(MODELS / "toy.yaml", {"components.energy.pue": 1.25}))
dearer_usd = warm.objective_usd - plan.objective_usd
print(f"A PUE of 1.25 costs {dearer_usd:,.0f} USD more.")

# %% [markdown]
# ## Keep it
# The folder holds the report, maps, tables and the whole scenario; it reads back as the same plan.

# %%
with TemporaryDirectory() as folder:
    plan.write(Path(folder) / "toy")
    again = siting.read_plan(Path(folder) / "toy")
print(again)
