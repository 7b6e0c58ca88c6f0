"""Names, places and sentences that nobody could take for real: plants, colours and plain invention."""

from datetime import date

from dacase.demo.chance import Dice

FEMALE = [
    "Bluebell", "Campion", "Celandine", "Cerise", "Chicory", "Cowslip", "Damson", "Eyebright", "Feverfew",
    "Foxglove", "Harebell", "Lavenda", "Madder", "Magenta", "Mallow", "Marigolda", "Mauve", "Meadowsweet",
    "Periwinkle", "Pimpernel", "Primula", "Quillwort", "Saffrona", "Samphire", "Speedwell", "Tamarind",
    "Tormentil", "Vermilia", "Vetch", "Woodruff",
]  # fmt: skip
MALE = [
    "Alderman", "Auburn", "Bistre", "Bracken", "Burdock", "Cobalt", "Comfrey", "Dogwood", "Fennelo", "Fescue",
    "Hemlock", "Hornbeam", "Indigo", "Knapweed", "Larchman", "Lovage", "Marram", "Mullein", "Ochre", "Plantain",
    "Ragwort", "Rust", "Sedge", "Sepia", "Spindle", "Sumac", "Tansyman", "Teasel", "Umber", "Wolfsbane",
]  # fmt: skip
COLOURS = [
    "Amber", "Azure", "Beige", "Buff", "Carmine", "Cinnabar", "Copper", "Coral", "Crimson", "Cyan", "Dun",
    "Ebony", "Emerald", "Fawn", "Flax", "Garnet", "Gilt", "Ginger", "Ivory", "Jade", "Jet", "Khaki", "Lemon",
    "Lilac", "Lime", "Maroon", "Mustard", "Navy", "Olive", "Opal", "Pearl", "Pewter", "Plum", "Puce", "Ruby",
    "Russet", "Sable", "Sapphire", "Scarlet", "Silver", "Slate", "Tan", "Taupe", "Tawny", "Teal", "Topaz",
    "Turquoise", "Violet", "Viridian", "Zinc",
]  # fmt: skip
PLANTS = [
    "acorn", "bark", "berry", "blossom", "bough", "bramble", "branch", "briar", "bud", "bulb", "burr", "catkin",
    "clover", "cone", "fern", "flower", "frond", "furze", "gorse", "grass", "heath", "hedge", "husk", "ivy",
    "leaf", "lichen", "moss", "needle", "nettle", "nut", "petal", "pip", "pod", "reed", "root", "rush", "sap",
    "seed", "shoot", "spore", "sprig", "stalk", "stem", "thicket", "thistle", "thorn", "tendril", "twig", "wort",
]  # fmt: skip
STREETS = ["Invented Row", "Made-Up Lane", "Pretend Street", "Fiction Road", "Imaginary Way", "Nowhere Close"]
SCHOOLS = ["Pretend Primary School", "Invented Infant School", "Made-Up Academy", "Fiction Nursery"]
SURGERIES = ["Imaginary Surgery", "Invented Health Centre", "Pretend Practice"]
HAPPENED = [
    "A neighbour called after shouting was heard. Officers spoke with both adults apart.",
    "Came to the service and asked for help. Said that the threats have become more frequent.",
    "Told a health worker at an appointment that things at home have got worse since the separation.",
    "Repeated messages and calls after being asked to stop. Worried about what comes next.",
    "Said that money and phone are controlled at home, and that she or he is not allowed to go out alone.",
    "Disclosed an assault last week. Has been seen by a doctor. Wants to know what the choices are.",
    "The school noticed a change and asked. A parent then spoke about fear at home.",
    "A worker was told of threats made through relatives. Staying with a friend for now.",
]
INCIDENTS = [
    "Came to the door at night and shouted until a neighbour put the light on. Said that this was not over.",
    "Took the bank card and gave back only enough for the bus. The phone was checked again the same evening.",
    "Pushed against the kitchen wall and held there. Bruises on the arm; seen by a doctor two days later.",
    "Forty messages in one day, some of them from a new number, after being asked to stop.",
    "Waited outside work and followed on foot. Went away when a colleague came out.",
    "Threatened to take the children out of school and not bring them back.",
    "Broke the door of the wardrobe and a picture. Nobody was hurt. The children heard it from upstairs.",
    "Said in front of relatives that nobody would believe a word. Was not allowed to leave the room.",
    "A relative passed on a message that was meant as a threat.",
]
SAFE_TIMES = ["Weekdays 10am to 2pm", "Mornings while the children are at school", "Any time by text first",
              "Tuesday and Thursday afternoons", "Only at the place of work, before noon"]  # fmt: skip
WHO_ELSE = [
    "",
    "",
    "The perpetrator reads the post",
    "Shares a phone with a relative",
    "A relative opens letters",
]
CODE_WORDS = ["Kingfisher", "Lighthouse", "Teapot", "Marmalade", "Windmill", "Snowglobe", "Bookmark"]
RELATIONS_OF_CHILD = ["Daughter", "Son"]
TASKS = [
    "Offer an appointment at a safe place and time",
    "Review the safety plan with the victim-survivor",
    "Put a marker on the address and brief the response team",
    "Visit the children at school and speak with the school's safeguarding lead",
    "Check what the housing options are, and tell the advocate",
    "Fit extra locks and lighting where the victim-survivor wants them",
    "Ask the practice to offer time alone at the next appointment",
    "Share the licence conditions that bear on contact with the advocate",
]
OUTCOMES = [
    "Information was shared and a plan agreed. The advocate will tell the victim-survivor what was decided.",
    "The plan was reviewed. Agencies will flag their files and report new incidents to the advocate.",
    "Actions were agreed for the victim-survivor, for the children and for the perpetrator's behaviour.",
]
JUDGEMENTS = [
    "The count does not show how quickly this is changing; the separation was three weeks ago.",
    "Control has narrowed to daily checks, and there was a threat at the door. I rate this as high.",
    "There is little to count because so little can be said aloud at home. What is said is grave.",
]
DONE = [
    "Done as agreed; the advocate knows.",
    "Done. The victim-survivor was glad of it.",
    "Completed and noted on file.",
]


def family_name(dice: Dice) -> str:
    """One of about 2,450 family names such as `Tealthistle`."""
    return dice.pick(COLOURS) + dice.pick(PLANTS)


def given_name(dice: Dice, sex: str) -> str:
    """A given name that nobody has."""
    return dice.pick(FEMALE if sex == "female" else MALE)


def phone(dice: Dice) -> str:
    """A number from Ofcom's ranges for drama, which ring nowhere."""
    last = int(dice.random() * 1_000)
    return f"01632 960{last:03d}" if dice.chance(0.1) else f"07700 900{last:03d}"


def email(given: str, family: str, number: int) -> str:
    """An address at a domain kept for examples."""
    return f"{given}.{family}{number}@example.{('org', 'com', 'net')[number % 3]}".lower()


def address(dice: Dice, place: str) -> str:
    """A house in a street that is not there; never with a postcode."""
    return f"{1 + int(dice.random() * 140)} {dice.pick(STREETS)}, {place}"


def born(dice: Dice, ages: str, on: date) -> date:
    """A date of birth of somebody whose age on the day `on` lies in `ages`, as `25-34`."""
    youngest, oldest = (int(age) for age in ages.split("-"))
    days = int(youngest * 365.25) + 1 + int(dice.random() * (oldest - youngest + 1) * 365.2)
    return date.fromordinal(on.toordinal() - days)
