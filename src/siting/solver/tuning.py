"""What the search was tuned with: one record, each value with what was measured for it.

None of these values decides what is right: every plan is audited and every bound proven whatever they
are. They decide how long it takes. Tolerances, which decide what counts as equal, stand where they are used.
"The flagship" is ``models/federal-2035.yaml``; with every family on, ``federal-2035-full.yaml``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ZoneRound:
    """A round over the zones.

    Attributes:
        nodes: branch-and-bound nodes of one zone; a limit by nodes gives the same bound on any machine.
        close_frac: share of the asked gap that one zone may leave open.
    """

    nodes: int
    close_frac: float


@dataclass(frozen=True)
class Tuning:
    """Sizes, shares and counts that steer the search."""

    # which way a program is solved
    large_integers: int = 3_000
    """Integers below which HiGHS finds good plans by itself."""
    many_sites: int = 40
    """Sites from which on the relaxation is solved by site generation: with the 59 of the flagship a
    third less time to 0.5 %."""
    passing_threads: int = 1
    """Threads of linear programs that are solved in passing."""

    # site generation
    joining_sites: int = 3
    """Sites of one zone that join in one round, those that gain most."""
    few_joining_frac: float = 0.5
    """Sites that join, as a share of those that are in, up to which the program goes on from its basis:
    the flagship with every family on takes 2 s for its second round in place of 24 s."""
    basis_iterations: int = 4_000
    """Simplex iterations from the basis of a model with other bounds, before an interior point begins
    anew: four of six strategies of the flagship take 430 to 3,600, two 6,800 and 36,000."""
    generation_rounds: int = 60
    """Rounds of site generation; not measured."""
    pricing_batch: int = 50
    """Sites whose pricing problems are one program for the solver; they share no row."""
    close_to_restricted_frac: float = 0.1
    """Share of the asked gap at which the bound is close enough to the value of the restricted program."""
    wider_factor: float = 2.0
    """Times the columns of the sites in the relaxation from which on a plan is bettered among them first."""

    # the first plan, near the relaxation
    trust_regions: tuple[tuple[int, bool], ...] = ((1, True), (4, False))
    """Units by which integers may leave their rounded relaxation, and whether what is zero in every
    period stays so; tried in turn. On the flagship 0 units gave plans 37 % off, 1 gave 0.2 %; with 100
    screened sites the first has none better than 45 %, the second one of 0.05 %."""
    poor_gap_frac: float = 0.05
    """Relative gap between the plans of a trust region and what is proven from which on the next one is tried;
    the asked gap where no zones will lift what is proven."""
    first_gap_share: float = 0.4
    """Share of the asked gap that the restricted search may leave open."""
    first_effort_frac: float = 0.4
    """Share of the restricted search spent on heuristics: bounds come from the full model anyway."""
    stage_time_share: float = 0.4
    """Share of the time limit that each stage before the full search may take."""
    hopeless_factor: float = 2.0
    """Times the asked gap: where even the best plan near the relaxation is farther from the bound, and
    the plan is near that one, all zones come before any neighbourhood."""

    # neighbourhoods of the best plan
    neighbourhood_periods: int = 10
    """Periods that are free together: 6 gain half as much on the flagship with every family on."""
    narrow_periods: int = 6
    """Periods that are free together in narrow windows. With three futures of the flagship four of them save
    425 million USD in 17 seconds of processor time after the first plan, four wide ones 940 in 70."""
    neighbourhood_areas: int = 2
    """Areas that are free together."""
    neighbourhood_rounds: int = 60
    """Most neighbourhoods; not measured."""
    neighbourhood_gap_frac: float = 1e-4
    """Relative gap at which one round ends. All but the first start from the plan that they are to better:
    without it the first three rounds of ``federal-2035-open.yaml`` save 334 million USD in some 80 CPU
    seconds, with it in all three 670 in 54. On ``federal-2035.yaml`` the first saves 452 million without it,
    and 9 with it."""
    neighbourhood_nodes: int = 50
    """Branch-and-bound nodes of one round."""
    beside_zones: int = 10
    """Neighbourhoods before the bound from all zones is waited for; a number, so that it is the same on
    any machine."""
    fruitless: int = 5
    """Neighbourhoods in turn, a whole cycle of kinds, that give next to nothing before the full search
    goes on: with four the flagship never came to the areas, which better its plan by 35 million USD."""
    worth_share: float = 0.02
    """Share of what is missing to the proof that a neighbourhood must save to be worth its time."""

    # the bound from the zones
    largest_zone: int = 10_000
    """Columns of a zone up to which zones are bounded one by one; beyond it a zone is no small program."""
    zone_rounds: tuple[ZoneRound, ...] = (
        ZoneRound(1, 0.005),
        ZoneRound(100, 0.005),
        ZoneRound(400, 0.001),
    )
    """How deep zones are searched, one round after another, the first before any neighbourhood. On
    ``federal-2035-open.yaml`` the first two lift the bound by 201 million USD in 53 CPU seconds, 40 of them
    for the last 25 million, of one zone."""

    # rows that are stated once they are broken
    lazy_time_share: float = 0.6
    """Share of the time left that one search may take: its plan may break rows, and another follows."""
    lazy_least_seconds: float = 2.0
    """Seconds left below which a search takes them all."""

    # leaving out what nobody needs
    tidy_gap_frac: float = 1e-4
    """Relative gap at which the search for least cost ends, or the asked one where that is smaller."""
    tidy_large_gap_frac: float = 1e-6
    """The same in what is left of a large program, which is quickly searched."""
    tidy_nodes: int = 20
    """Branch-and-bound nodes of the search for least cost."""
    tidy_least_nodes: int = 1_000
    """The same of the search for the least that is bought, which is rarely more than the root."""
    tidy_large_integers: int = 3_000
    """Integers from which on what the plan never buys is left out."""

    # headroom of the buses of a network
    buses_together: int = 5
    """Buses that a process is given at a time, and that are kept together."""
    limits_at_once: int = 40
    """Violated limits added in one round, the worst first."""
    most_limits: int = 300
    """Limits that a bus meets from which on an interior point takes over: 1.5 s in place of 7 and 45 s at
    two buses of case8387_pegase; 300 rows take 0.6 s."""
    near_hops: int = 3
    """Branches away from a bus up to which limits are in its program from the start."""
    near_limits: int = 60
    """Most of these limits."""
    extra_value: float = 1e4
    """Value of a MW of extra load; with 1e5 HiGHS gives up for excessive dual values."""
    move_costs: tuple[float, ...] = (1e-2, 1e-4, 1e-6, 0.0)
    """Costs of moving a generator by a MW, one after another until the headroom is proven: without the
    small ones a bus of case8387_pegase takes 22 s in place of 0.6 s."""


TUNING = Tuning()
