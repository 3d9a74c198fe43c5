"""Time limits of social assistance and social work: what the laws say, and two targets of a service. Not made up.

Sources: Act on Social Assistance (1412/1997; limits of 7 working days from HE 119/2007), Social Welfare Act
(1301/2014), THL's pages on processing times, HE 127/2022. `assumed` marks what was not read in a source.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from avainvarasto.synthetic.writer import Row

TOTUL_FROM = date(2008, 1, 1)
SHL_FROM = date(2015, 4, 1)
STATEMENT_FROM = date(2023, 1, 1)
TARGET_FROM = date(2018, 1, 1)

# Rule, first day, type of notification, urgency, subject, start, end, limit, unit, basis, status.
_RULES: tuple[tuple[str, date, str | None, str | None, str, str, str, int | None, str, str, str], ...] = (
    ("TOTUL_PAATOS", TOTUL_FROM, "TAYD_EHK_HAKEMUS", "TAVALLINEN", "ADULT",
     "HAKEMUS_TAYDELLINEN", "PAATOS", 7, "WORKING_DAY", "TOTUL", "confirmed"),
    ("TOTUL_PAATOS_KIIREELLINEN", TOTUL_FROM, "TAYD_EHK_HAKEMUS", "KIIREELLINEN", "ADULT",
     "HAKEMUS_SAAPUNUT", "PAATOS", 1, "WORKING_DAY", "TOTUL", "confirmed"),
    ("TOTUL_LISASELVITYSPYYNTO", TOTUL_FROM, "TAYD_EHK_HAKEMUS", None, "ADULT",
     "HAKEMUS_SAAPUNUT", "LISASELVITYSPYYNTO", 7, "WORKING_DAY", "TOTUL", "confirmed"),
    ("TOTUL_PAATOS_MAARAAJAN_JALKEEN", TOTUL_FROM, "TAYD_EHK_HAKEMUS", None, "ADULT",
     "MAARAAIKA_PAATTYNYT", "PAATOS", 7, "WORKING_DAY", "TOTUL", "confirmed"),
    ("TOTUL_KESKUSTELU", TOTUL_FROM, "YHTEYDENOTTO", None, "ADULT",
     "KESKUSTELUPYYNTO", "KESKUSTELU", 7, "WORKING_DAY", "TOTUL", "confirmed"),
    ("TOTUL_LAUSUNTO_ALENNUS", STATEMENT_FROM, "ALENNETTU_PERUSOSA", None, "ADULT",
     "ALENNUS_HARKINNASSA", "LAUSUNTO", None, "NONE", "TOTUL", "confirmed"),
    ("SHL36_ALOITUS_LAPSI", SHL_FROM, None, None, "CHILD_SPECIAL_SUPPORT",
     "VIREILLETULO", "PTA_ALOITETTU", 7, "WORKING_DAY", "SHL36", "confirmed"),
    ("SHL36_ALOITUS_YLI75", SHL_FROM, None, None, "OVER75",
     "VIREILLETULO", "PTA_ALOITETTU", 7, "WORKING_DAY", "SHL36", "confirmed"),
    ("SHL36_ALOITUS_HOITOTUKI", SHL_FROM, None, None, "CARE_ALLOWANCE_TOP",
     "VIREILLETULO", "PTA_ALOITETTU", 7, "WORKING_DAY", "SHL36", "confirmed"),
    ("SHL36_ALOITUS_AIKUINEN", SHL_FROM, None, None, "ADULT",
     "VIREILLETULO", "PTA_ALOITETTU", None, "NONE", "SHL36", "confirmed"),
    ("SHL36_VALMIS_LAPSI", SHL_FROM, None, None, "CHILD_SPECIAL_SUPPORT",
     "VIREILLETULO", "PTA_VALMIS", 3, "MONTH", "SHL36", "assumed"),
    ("SHL36_VALMIS_AIKUINEN", SHL_FROM, None, None, "ADULT",
     "VIREILLETULO", "PTA_VALMIS", None, "NONE", "SHL36", "confirmed"),
    ("SHL45_TOIMEENPANO", SHL_FROM, None, None, "ADULT",
     "VIREILLETULO", "TOIMEENPANO", 3, "MONTH", "SHL45", "assumed"),
    ("TAVOITE_ALOITUS_ERITYISTUKI", TARGET_FROM, None, None, "ADULT_SPECIAL_SUPPORT",
     "VIREILLETULO", "PTA_ALOITETTU", 7, "WORKING_DAY", "LOCAL_TARGET", "assumed"),
    ("TAVOITE_ALOITUS_AIKUINEN", SHL_FROM, None, None, "ADULT",
     "VIREILLETULO", "PTA_ALOITETTU", 7, "WORKING_DAY", "LOCAL_TARGET", "assumed"),
)  # fmt: skip


def deadline_rows() -> Iterator[Row]:
    """One row a rule; none of them has ended."""
    for rule_id, first, notification, urgency, subject, start, end, limit, unit, basis, status in _RULES:
        yield {
            "rule_id": rule_id,
            "valid_from": first,
            "notification_type": notification,
            "urgency": urgency,
            "subject_group": subject,
            "start_event": start,
            "end_event": end,
            "limit_n": limit,
            "limit_unit": unit,
            "basis": basis,
            "status": status,
        }
