"""Sentences of invented casework: what was told, wished, planned and agreed. They name nobody and no place."""

STORIES = [
    "They told this in two talks and want to tell it no more often than they must. It began with every penny.",
    "They spoke of eleven years in which the mood of one person decided the day. A friend keeps a bag for them.",
    "It began with waiting at the gate and a call at the same hour each night. They go to work another way now.",
    "They think that nobody believes it, because in company it is all charm. At home the phone is checked.",
]
WISHES = [
    "To sleep through a night. They do not want to move, and they do not want the family to be told.",
    "That the messages stop. They would give a statement if they need not do it alone.",
    "To stay in work and to keep the dog. They are afraid of what happens when the letter from court comes.",
    "Somebody who calls when they said that they would. They do not want to be pushed to leave.",
]
PLAN_WISHES = [
    "To stay at home with new locks, and to know whom to call.",
    "To go slowly: first the money, then the solicitor.",
    "To have one person to talk to, and not five.",
]
# Heading, the need, what is done about it, and by which agency where the worker does not do it.
WORKER_ACTIONS = [
    (
        "immediate_safety",
        "A key has been missing for some weeks.",
        "Have the locks changed and lights fitted.",
    ),
    (
        "digital_safety",
        "The phone was set up by somebody else.",
        "Go through its settings together, on a spare one.",
    ),
    (
        "legal",
        "They want to know what an order would mean.",
        "Make an appointment with a solicitor and go along.",
    ),
    (
        "money",
        "Their pay goes into an account that they cannot see.",
        "Help to open an account of their own.",
    ),
]
OTHER_ACTIONS = [
    ("housing", "The tenancy is in two names.", "Say which choices they have.", "The housing team"),
    (
        "health",
        "They have not seen a doctor for a long time.",
        "Offer a long appointment, alone.",
        "The surgery",
    ),
]
VICTIM_ACTIONS = [
    ("social_support", "They have seen few friends lately.", "Tell one friend what the code word means."),
    ("emotional_wellbeing", "They sleep badly.", "Write down what helps at night, and what does not."),
]
NOT_POSSIBLE = [
    "They have thought it over and want to wait.",
    "It would be noticed at home. We look at it again at the review.",
]
TASKS = [
    "Ring at the agreed time",
    "Ask the solicitor for a date",
    "Send the supporting letter to the housing team",
    "Go through the plan together",
    "Find out when the court sits",
    "Ask the surgery for a long appointment",
]
NOTES = {
    "conversation": [
        "A long talk. They were tired, and laughed once. We agreed on a word that means: ring me back.",
        "They have spoken with the solicitor and feel surer. Nothing new has happened that they know of.",
    ],
    "professionals": [
        "The surgery rang. They were seen there last week, and it tells us if the next appointment is missed.",
        "Spoke with the officer in the case. There is no date yet; we are told first when there is one.",
    ],
    "decision": [
        "I wait with the letter until they have said that the address is right. A week does no harm here.",
    ],
}
NOT_SAFE = [
    "Somebody else was in the room each time we spoke.",
    "The call had to end before it could be asked: somebody came home.",
]
NECESSITY = "Without what the others know, nobody can tell how near the danger is, and they cannot be asked this week."
PROPORTIONALITY = "Only the agencies at the meeting are told, and only what each needs for what it does."
NOT_INFORMED = "They are told as soon as they can be spoken to alone."
FREQUENCY_JUDGEMENT = (
    "How often it happens tells more here than how many things there are. That is why I rate it so."
)
# What was talked about, and what was decided.
SUPERVISIONS = [
    (
        "How often they ring, and what it costs to be the one who is always there. The plan holds.",
        "The calls stay at two a week. We look at the plan together once the court has sat.",
    ),
    (
        "Whether the review of the risk comes too late. Two things have changed since the last one.",
        "Assess again this week, and ask the officer what is known there.",
    ),
    (
        "They have cancelled twice. It may be fear of being seen, and not that help is not wanted.",
        "Offer another place and another hour, once more. Then write nothing until we have talked.",
    ),
    (
        "Support goes well. What is left is money and the solicitor, and neither is quick.",
        "Nothing needs to change. Begin to speak about how support could end.",
    ),
]
ASKS = [
    "Please look at whether the first steps come in the right order.",
    "I would like somebody else to have read this before the week ends.",
    "",
]
ANSWERS = {
    "signed_off": ["I would have done the same.", "Agreed. Tell me if anything new happens.", ""],
    "sent_back": [
        "What happens when the phone is found is not clear to me. Say it, then ask again.",
        "I miss what they themselves say about the danger. Ask, and write it down in their words.",
    ],
}
