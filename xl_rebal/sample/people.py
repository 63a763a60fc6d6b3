"""Invented names, advisors and CRM entries from which generated households draw."""

from __future__ import annotations

from random import Random

FIRST_NAMES = tuple(
    """Aaliyah Abigail Ademola Agnes Aiko Alastair Alejandra Amir Anders Anjali Beatriz Benedict Birgit Calvin Carmen
    Cedric Chiara Clement Cora Damian Deepak Delphine Desmond Dolores Edith Eduardo Eleanor Emeka Esther Farah Felix
    Fiona Florian Gareth Genevieve Giorgio Gwendolyn Hannah Harold Hiro Ida Imran Ingrid Isaac Jasmine Jerome Joaquín
    Josephine Kamal Katrin Kofi Lars Leila Leon Lourdes Lucinda Magnus Malik Marguerite Mateusz Minh Mireille Nadia
    Neville Nia Nils Noor Odette Oleg Oscar Otis Pascal Petra Quentin Rashida Renée Rhys Rosalind Rupert Sabine Seamus
    Shirin Sigrid Soren Stella Tadeusz Tamsin Theodore Thuy Ursula Vera Viktor Wendell Winifred Xavier Yara Yusuf Zelda
    Zoltan""".split()  # noqa: SIM905
)
LAST_NAMES = tuple(
    """Abara Achterberg Aldridge Almeida Anand Ashworth Bancroft Barreto Beaumont Bellweather Bergström Blackwood Boateng
    Brannigan Calloway Carvalho Castellanos Chandran Chevalier Cho Cormier Crowther Dahl Danforth Delacroix Dimitrov
    Dubois Eastwick Ekström Fairbanks Falkner Farrow Fontaine Fujimoto Gallagher Garrick Ghosh Goldberg Grantham
    Gutiérrez Hargreaves Haverford Hendricks Holloway Ibarra Iyer Jankowski Jefferies Kaplan Katz Kearney Kilbride
    Kowalczyk Lachance Larkspur Leclair Lindqvist Lombardi MacAllister Mahmoud Mbeki McTavish Mendoza Merriweather
    Moreau Musgrave Nakagawa Navarro Nguyen Nordstrom Oakeshott Obi Okonkwo Ortega Pemberton Petrov Pham Quigley Quist
    Ramaswamy Redfern Renard Rosenbaum Sakamoto Sandoval Santoro Schreiber Sinclair Stavros Strand Tanaka Thackeray
    Tremblay Underhill Valdez Vandermeer Vasquez Wainwright Whitcombe Wójcik Yamazaki Yilmaz Zamora Zielinski""".split()  # noqa: SIM905
)
ADVISORS = ("Helena Marsh", "Rajiv Talwar", "Constance Bell", "Oliver Prentiss", "Simone Achebe")

_OCCASIONS = ("Meeting", "Call", "Email", "Video call")
_MATTERS = (
    "{name} asked how the portfolio would hold up in a recession like that of 2008. Walked through the {model} model; "
    "no change wanted.",
    "Reviewed the estate documents with {name}. The successor trustee is unchanged; beneficiaries are confirmed.",
    "{name} is renovating the {place} and will need money in stages. Wants a month's notice before anything is sold.",
    "Discussed harvesting losses. {name} is fine with it if the replacement fund does much the same.",
    "{name}'s daughter starts college in {year}. Tuition is to come from the college account first.",
    "{name} dislikes paying short-term rates and would rather wait for a lot to turn long-term.",
    "Talked about giving to {cause}. {name} may give appreciated shares instead of cash before year end.",
    "{name} is thinking of retiring in {year} and asked what that does to the target mix.",
    "Introduced {name} to the new associate. Reports are to go by secure email from now on.",
    "{name} sold the {place}; part of the proceeds will come in over the next months.",
    "Market worries after a bad week. Agreed to keep to the {model} model and look again at the next review.",
    "{name}'s accountant expects higher income this year and asks to be told about gains before December.",
    "Long talk about the health of {name}'s mother. No investment matters decided.",
    "{name} would like the required distribution sent monthly next year and in one sum this year.",
    "Checked the household budget. Spending is lower than planned; the cash reserve may stay as it is.",
    "{name} moved an old workplace plan over. The paperwork is complete.",
    "{name} asked about concentrating in technology; explained the limits of the {model} model.",
    "Insurance review done. {name} keeps the umbrella policy and drops the old term policy.",
)
_PREFERENCES = (
    "Prefers a call before any trade that realizes a gain.",
    "Wants everything in writing, by email, with {name} and the accountant copied.",
    "No investments in tobacco; otherwise index funds are welcome.",
    "Do not call before ten in the morning.",
    "Would rather hold a little more cash than the model says.",
    "Long-term holder by nature: wants to see the reason for each sale.",
    "Keeps single stocks from a former employer for sentimental reasons, but will trim them.",
    "Comfortable with tax-loss harvesting at any time of the year.",
)
_PLACES = ("lake house", "kitchen", "family cabin", "town house", "workshop", "beach condo")
_CAUSES = (
    "the food bank",
    "a scholarship fund",
    "the county hospice",
    "the youth orchestra",
    "an animal shelter",
)


def note_text(rng: Random, name: str, model: str, year: int) -> tuple[str, str]:
    """Kind and text of one CRM entry about a client called `name`."""
    preference = rng.random() < 0.25
    template = rng.choice(_PREFERENCES if preference else _MATTERS)
    text = template.format(
        name=name,
        model=model,
        place=rng.choice(_PLACES),
        cause=rng.choice(_CAUSES),
        year=year + rng.randint(1, 4),
    )
    return ("Preference" if preference else rng.choice(_OCCASIONS)), text
