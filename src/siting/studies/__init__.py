"""Studies: what is asked of a scenario beyond its plan, one package each.

``base`` is the contract, ``registry`` the list, ``run`` the loop over it.
"""
