"""The shares that shape an invented partnership, and the published figures that they follow.

Figures: local strategies and needs assessments of Barnet, Herefordshire, Kent, Medway and Bexley, and
SafeLives' and Women's Aid's published data for the UK and England; tests/data/published_figures.csv has
the numbers, and tests/demo compares them. What no figure says is set so that a quarter looks lived in.
"""

# A year of cases. Barnet: 363 MARAC referrals beside 1,360 to advocacy; Herefordshire: 233 heard a year.
CASES = 1_900
DAYS = 913  # two and a half years
BULK_DAYS = 8 * 365
# Days from the last work on a case to its closing, in the middle. The benchmark's close late, so that with
# 250,000 cases about 19,000 are open, as where the ways of checking permissions were compared.
CLOSES_AFTER, BULK_CLOSES_AFTER = 35, 160

# Who refers to the front door. The police's share of MARAC referrals is 64% in the UK (71% in Herefordshire).
SOURCES = {
    "police": 0.62,
    "hospital": 0.08,
    "gp": 0.07,
    "childrens": 0.08,
    "housing": 0.07,
    "adults": 0.03,
    "advocacy": 0.03,
    "probation": 0.02,
}

MALE_VICTIM = 0.06  # UK MARACs 6.5%, Herefordshire 2%
VICTIM_AGES = {"16-17": 1.3, "18-24": 18, "25-34": 32, "35-44": 25, "45-54": 13, "55-64": 6, "65-84": 4.7}
ADULT_CHILD = 0.116  # Barnet: 42 of 363 heard were adult child to parent
WITH_CHILDREN = 0.42  # Barnet: 154 families of 363
CHILDREN = {"1": 0.58, "2": 0.30, "3": 0.09, "4": 0.03}  # Barnet: 238 children in 154 families, 1.5 each
RELATIONSHIPS = {
    "Ex-partner": 0.46,
    "Partner": 0.24,
    "Husband": 0.20,
    "Brother": 0.04,
    "Carer": 0.01,
    "Cousin": 0.02,
    "Parent-in-law": 0.03,
}
SECOND_PERPETRATOR = 0.05
CONNECTED = 0.12
KNOWN_ELSEWHERE = 0.012  # somebody's victim-survivor is the perpetrator of another case

# At the front door and on the way to a service.
NOT_TAKEN_IN = {"declined": 0.03, "no_further_action": 0.04, "returned": 0.02}
HIGH_PRIORITY = 0.22
TRIAGED_LATE = 0.12
ROUTE_SENT_BACK = 0.06
REFERRED_AGAIN = 0.18  # Herefordshire: 66% of victims are seen once only by the police

# Risk: yes answers to 24 topics. 14 or more is visible high risk.
BANDS = {"high": 0.29, "medium": 0.31, "standard": 0.40}
HIGH_BY_JUDGEMENT = 0.05

# MARAC. Repeats: UK 32%, Herefordshire 18%, Barnet about 13%.
MARAC_WHEN_HIGH = 0.78
RETURNS_TO_MARAC = 0.34
DEFERRED = 0.03
INVITED = [
    "police",
    "advocacy",
    "childrens",
    "adults",
    "housing",
    "gp",
    "mental",
    "substance",
    "probation",
    "refuge",
]
ACTION_POINTS = {"1": 0.15, "2": 0.4, "3": 0.3, "4": 0.15}

# Refuge: 18 commissioned bed spaces and 6 in a third house (Barnet).
UNITS = {"The Lantern": 10, "The Orchard": 8, "The Anchor": 6}
OLDEST_SON = 13  # Barnet: boys under 13
ASKS_FOR_REFUGE = 0.19
# England 2022/23: about six in ten refuge referrals fail; 40.6% for capacity, 35.4% by the survivor's choice.
# So many are refused even where a unit is free and no son is too old; together it comes to six in ten.
REFUSED = 0.51
TURN_AWAY_CAUSES = {
    "service:no_capacity": 36,
    "service:support_need": 9,
    "service:household_too_large": 5,
    "service:access_need": 2,
    "service:no_recourse": 5,
    "service:unsafe_area": 5,
    "survivor:too_far": 9,
    "survivor:changed_mind": 16,
    "survivor:no_contact": 9,
    "referrer:other": 4,
}
# Kent: over 80% stay longer than a month, 34% longer than six.
STAY_DAYS = {"4-27": 0.17, "28-90": 0.24, "91-182": 0.25, "183-270": 0.22, "271-400": 0.12}
LEAVING = {"planned": 0.58, "other_refuge": 0.14, "returned_home": 0.12, "left": 0.10, "other": 0.06}
