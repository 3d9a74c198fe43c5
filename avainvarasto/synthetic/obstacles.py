"""A made-up log of gaps and obstacles, and the six workshops of the current-state analysis of 2022.

Two of the obstacles are those that THL, Tutkimuksesta tiiviisti 31/2018, tells of: fees of experts by experience, which
became disregarded income, and a wage subsidy refused. Days, numbers and all else are made up. Of the workshops it is
known that there was one in each insurance district and one of the capital region, in September 2022, and that twelve
to fourteen experts were invited to each; their days are made up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from avainvarasto.synthetic.writer import Row

DESCRIPTION = "Asiakastyössä havaittu este, joka kirjattiin kokeilun seurantaan."
WHAT_WAS_DONE = "Asia vietiin eteenpäin."
WORKSHOP_DAYS = {"1": 6, "2": 8, "3": 13, "4": 15, "5": 20, "PKS": 22}
INVITED = {"1": 13, "2": 12, "3": 14, "4": 13, "5": 12, "PKS": 14}
Statuses = tuple[tuple[str, date, str | None], ...]


@dataclass(frozen=True)
class _Obstacle:
    reported: date
    municipality: str
    reporter: str
    kind: str
    cause: str
    authority: str
    benefit: str | None
    client_group: str | None
    affected: int | None
    law_ref: str | None
    statuses: Statuses
    titles: tuple[str, str, str] | None


OBSTACLES = (
    _Obstacle(
        date(2018, 3, 26), "837", "KOORDINAATTORI", "OSALLISUUDEN_ESTE", "LAINSAADANTO", "KELA",
        "PERUSTOIMEENTULOTUKI", "KOKEMUSASIANTUNTIJAT", 6, "1412/1997 11 §",
        (
            ("KIRJATTU", date(2018, 3, 26), None),
            ("SELVITYKSESSA", date(2018, 4, 16), "KELA"),
            ("RATKAISTU", date(2018, 8, 31), "KELA"),
        ),
        (
            "Kokemusasiantuntijan pienet palkkiot vähensivät toimeentulotukea",
            "Små arvoden till erfarenhetsexperter minskade utkomststödet",
            "Small fees of experts by experience reduced social assistance",
        ),
    ),
    _Obstacle(
        date(2018, 4, 18), "297", "SOSIAALITYONTEKIJA", "AUKKOKOHTA", "VIRANOMAISEN_HARKINTA", "TE",
        "PALKKATUKI", "PITKAAIKAISTYOTTOMAT", 1, None,
        (
            ("KIRJATTU", date(2018, 4, 18), None),
            ("SELVITYKSESSA", date(2018, 5, 14), "TE"),
            ("EI_RATKAISTAVISSA", date(2018, 10, 1), "TE"),
        ),
        (
            "Palkkatuki evättiin, koska työttömyys oli kestänyt vain 7 kuukautta",
            "Lönesubvention nekades eftersom arbetslösheten hade varat endast 7 månader",
            "A wage subsidy was refused after only 7 months of unemployment",
        ),
    ),
    _Obstacle(
        date(2018, 5, 7), "320", "KOORDINAATTORI", "OSALLISUUDEN_ESTE", "PALVELUN_PUUTE", "KUNTA",
        None, "SYRJASEUTU", 12, "1301/2014 23 §",
        (("KIRJATTU", date(2018, 5, 7), None), ("SELVITYKSESSA", date(2018, 6, 4), "KUNTA")),
        (
            "Ryhmätoimintaan ei pääse julkisilla kulkuneuvoilla",
            "Gruppverksamheten kan inte nås med allmänna kommunikationer",
            "Group activities cannot be reached by public transport",
        ),
    ),
    _Obstacle(
        date(2018, 6, 11), "680", "ASIAKAS", "OSALLISUUDEN_ESTE", "DIGI", "KELA",
        "PERUSTOIMEENTULOTUKI", "SAHKOINEN_ASIOINTI", None, None,
        (("KIRJATTU", date(2018, 6, 11), None),),
        (
            "Tukea on vaikea hakea ilman verkkopankkitunnuksia",
            "Det är svårt att ansöka om stöd utan nätbankskoder",
            "Assistance is hard to apply for without online banking codes",
        ),
    ),
    _Obstacle(
        date(2018, 8, 20), "211", "SOSIAALITYONTEKIJA", "AUKKOKOHTA", "TIEDONKULKU", "TERVEYS",
        None, "TYOKYKY", 4, None,
        (("KIRJATTU", date(2018, 8, 20), None), ("SIIRRETTY_LAINSAADANTOON", date(2018, 11, 26), "KUNTA")),
        None,
    ),
    _Obstacle(
        date(2018, 9, 17), "837", "MUU", "AUKKOKOHTA", "BYROKRATIA", "ULOSOTTO",
        "ULOSOTTO", "VELALLISET", 3, None,
        (("KIRJATTU", date(2018, 9, 17), None),),
        None,
    ),
)  # fmt: skip
REVIEWED_ON = date(2018, 12, 3)


def obstacle_rows() -> Iterator[Row]:
    """One row an obstacle."""
    for number, one in enumerate(OBSTACLES, 1):
        yield {
            "obstacle_id": _id(number),
            "reported_date": one.reported,
            "municipality_code": one.municipality,
            "reporter_role": one.reporter,
            "kind": one.kind,
            "cause": one.cause,
            "authority": one.authority,
            "benefit": one.benefit,
            "client_group": one.client_group,
            "description": DESCRIPTION,
            "affected_clients": one.affected,
            "law_ref": one.law_ref,
        }


def status_rows() -> Iterator[Row]:
    """One row a status, in their order."""
    for number, one in enumerate(OBSTACLES, 1):
        for seq, (status, day, resolver) in enumerate(one.statuses, 1):
            yield {
                "obstacle_id": _id(number),
                "seq": seq,
                "status": status,
                "date": day,
                "resolver": resolver,
                "text": WHAT_WAS_DONE if resolver else None,
            }


def title_rows() -> Iterator[Row]:
    """Three rows a reviewed obstacle; the others are not published by title."""
    for number, one in enumerate(OBSTACLES, 1):
        for lang, title in zip(("fi", "sv", "en"), one.titles or (), strict=False):
            yield {
                "obstacle_id": _id(number),
                "lang": lang,
                "title": title,
                "reviewed_date": REVIEWED_ON,
                "reviewer_role": "TIETOSUOJAVASTAAVA",
            }


def workshop_rows() -> Iterator[Row]:
    """One row a workshop."""
    for area, day in WORKSHOP_DAYS.items():
        yield {
            "workshop_id": f"PAJA-{area}",
            "area_type": "PKS" if area == "PKS" else "VAKUUTUSPIIRI",
            "area_code": area,
            "date": date(2022, 9, day),
            "n_invited": INVITED[area],
        }


def _id(number: int) -> str:
    return f"ESTE-{number:03d}"
