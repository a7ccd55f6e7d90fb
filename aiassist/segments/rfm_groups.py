"""From scores to one of eleven groups.

R says how lately somebody ordered, F how often, M for how much; each from 1 (worst) to 5 (best).
How often and for how much go together, so that every pair of R and their mean has a group:

    R \\ FM   1             2             3                4             5
    5        new           potential     potential        champions     champions
    4        promising     potential     potential        loyal         loyal
    3        about to sleep  about to sleep  needs attention  loyal     loyal
    2        hibernating   hibernating   at risk          at risk       cannot lose
    1        lost          lost          at risk          at risk       cannot lose
"""

from aiassist.profiles.models import RfmGroup as G

TABLE: dict[int, tuple[G, G, G, G, G]] = {
    5: (G.NEW, G.PROMISING_LOYAL, G.PROMISING_LOYAL, G.CHAMPIONS, G.CHAMPIONS),
    4: (G.PROMISING, G.PROMISING_LOYAL, G.PROMISING_LOYAL, G.LOYAL, G.LOYAL),
    3: (G.ABOUT_TO_SLEEP, G.ABOUT_TO_SLEEP, G.NEEDS_ATTENTION, G.LOYAL, G.LOYAL),
    2: (G.HIBERNATING, G.HIBERNATING, G.AT_RISK, G.AT_RISK, G.CANNOT_LOSE),
    1: (G.LOST, G.LOST, G.AT_RISK, G.AT_RISK, G.CANNOT_LOSE),
}


def mean_score(f_score: int, m_score: int) -> int:
    """The mean of F and M, halves rounded up."""
    return (f_score + m_score + 1) // 2


def group_of(r_score: int, f_score: int, m_score: int) -> G:
    return TABLE[r_score][mean_score(f_score, m_score) - 1]


def flat() -> list[str]:
    """The table as one list for SQL: R 1 first, and in each row FM 1 first."""
    return [str(group) for r_score in sorted(TABLE) for group in TABLE[r_score]]
