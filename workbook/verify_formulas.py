"""The native formulas of the Verify sheet: no Python, no VBA, only what every Excel since 2010 and LibreOffice calculate.

Market value is quantity x price of each lot, rounded to the cent; the inner rounding to eight decimals takes away what
binary fractions add, so that half a cent rounds up as on a statement. The holding period follows IRC 1222 and Rev. Rul.
66-7: counted from the day after the purchase, so DATE(year + 1, month, day) of that day is the first long-term day, and
February 29 becomes March 1 where there is none.

A client's lots are found by pointers: each points to the next row of the same account, or to the first row of the next
account that has any. So a table of 30,000 lots is gone through about once an account, not once a lot.
"""

from __future__ import annotations

from workbook.firm_cells import CLIENT_ROW_NAME, client_value, setting_formula
from workbook.verify_layout import (
    ACCOUNT,
    ACCOUNT_AT,
    ACCOUNT_HEAD,
    ACCOUNT_ROOM,
    ACCOUNTS_COUNT,
    AGES,
    AT,
    BIRTHS,
    CLASS,
    CLASS_HEAD,
    CLASS_ROOM,
    FIRST,
    IRAS,
    LOT_HEAD,
    LOT_ROOM,
    LOTS,
    LOWER,
    NEXT,
    NONE,
    NUMBER_KEY,
    PLAN_HEAD,
    POSITION_HEAD,
    POSITION_ROOM,
    POSITIONS,
    PRICE,
    QUANTITY,
    REGISTRATION,
    ROW,
    SCALE,
    SECURITY,
    SHELTERED,
    SYMBOL,
    TARGET,
    TARGET_AT,
    TARGETS_COUNT,
    TEXT_KEY,
    THEN,
    UPPER,
    VALUE,
    WHOSE,
    area,
    cell,
    count,
    result_area,
    result_cell,
)

CLIENT_ID = f'{client_value("Client ID")}&""'
MODEL = f'TRIM({client_value("Model")}&"")'
AS_OF = setting_formula("As Of")
TAX_YEAR = f'IF({setting_formula("Tax Year")}="",YEAR({AS_OF}),{setting_formula("Tax Year")})'
_UNREADABLE = '"unreadable"'


def _nth(table: str, header: str, condition: str, number: int) -> str:
    """The number of the n-th row of a table that meets a condition."""
    rows = f"ROW({table}[{header}])-ROW({table}[[#Headers],[{header}]])"
    return f"SUMPRODUCT(SMALL({rows}+1000000*(1-{condition}),{number}))"


# --- The client's accounts, lots and positions -----------------------------------------------------------------

_OWN_ACCOUNT = f"(TRIM(tblAccounts[Client ID])=TRIM({CLIENT_ID}))"


def accounts_count() -> str:
    return f"=IFERROR(SUMPRODUCT(--{_OWN_ACCOUNT}),0)"


def account_at(number: int) -> str:
    """The place of the client's n-th account in the Accounts table."""
    nth = _nth("tblAccounts", "Client ID", _OWN_ACCOUNT, number)
    return f'=IF({number}>{count(ACCOUNTS_COUNT)},"",{nth})'


def of_account(header: str, number: int) -> str:
    at = cell(ACCOUNT_HEAD + number, ACCOUNT_AT)
    value = f"INDEX(tblAccounts[{header}],{at})"
    return f'=IF({at}="","",IF({value}="","",{value}))'


def text_key(number: int) -> str:
    """The account's ID as text that MATCH takes literally."""
    identity = cell(ACCOUNT_HEAD + number, LOTS + ACCOUNT)
    return f'=SUBSTITUTE(SUBSTITUTE(SUBSTITUTE({identity}&"","~","~~"),"*","~*"),"?","~?")'


def number_key(number: int) -> str:
    """The account's ID as a number where it is one: an ID of digits may be text on one sheet and a number on another."""
    identity = cell(ACCOUNT_HEAD + number, LOTS + ACCOUNT)
    return f'=IF(ISNUMBER({identity}),{identity},IFERROR(IF(VALUE({identity})&""={identity},VALUE({identity}),"none"),"none"))'


def _match(keys: tuple[str, str], where: str) -> str:
    """The first row of either key in a range, or NONE."""
    text, number = keys
    return (
        f"MIN(IFERROR(MATCH({text},{where},0),{NONE}),"
        f'IF({number}="none",{NONE},IFERROR(MATCH({number},{where},0),{NONE})))'
    )


def first_row(table: str, number: int) -> str:
    """Of the n-th account: its first row in a table."""
    row = ACCOUNT_HEAD + number
    keys = (cell(row, TEXT_KEY), cell(row, NUMBER_KEY))
    return f'=IF({cell(row, ACCOUNT_AT)}="",{NONE},{_match(keys, f"{table}[Account ID]")})'


def next_account(start: int, number: int) -> str:
    """After the n-th account (0: from the start on) the next one that has rows; 0 when none has."""
    if number == ACCOUNT_ROOM:
        return "=0"
    row = ACCOUNT_HEAD + number + 1
    return f"=IF({cell(row, FIRST[start])}<{NONE},{number + 1},{cell(row, THEN[start])})"


def _of_whose(column: int, whose: str) -> str:
    return f"INDEX({area(ACCOUNT_HEAD + 1, column, ACCOUNT_ROOM)},{whose})"


def _head(start: int) -> int:
    return LOT_HEAD if start == LOTS else POSITION_HEAD


def next_row(table: str, start: int, number: int) -> str:
    """How many rows below the row before the account's next one is."""
    above = _head(start) + number - 1
    whose, at = cell(above, start + WHOSE), cell(above, start + AT)
    column = f"{table}[Account ID]"
    rest = f"INDEX({column},{at}+1):INDEX({column},ROWS({column}))"
    keys = (_of_whose(TEXT_KEY, whose), _of_whose(NUMBER_KEY, whose))
    return f'=IF({whose}="",{NONE},IF({at}>=ROWS({column}),{NONE},{_match(keys, rest)}))'


def whose(start: int, number: int) -> str:
    """The number of the account that the n-th row of a list belongs to."""
    row = _head(start) + number
    if number == 1:
        start_at = cell(ACCOUNT_HEAD, THEN[start])
        return f'=IF({start_at}=0,"",{start_at})'
    before, then = cell(row - 1, start + WHOSE), _of_whose(THEN[start], cell(row - 1, start + WHOSE))
    return f'=IF({before}="","",IF({cell(row, start + NEXT)}<{NONE},{before},IF({then}=0,"",{then})))'


def at(start: int, number: int) -> str:
    """The place of the n-th row of a list in its table."""
    row = _head(start) + number
    mine = cell(row, start + WHOSE)
    first = _of_whose(FIRST[start], mine)
    if number == 1:
        return f'=IF({mine}="","",{first})'
    before = cell(row - 1, start + AT)
    return f'=IF({mine}="","",IF({mine}={cell(row - 1, start + WHOSE)},{before}+{cell(row, start + NEXT)},{first}))'


def listed(table: str, start: int, number: int) -> dict[int, str]:
    """Formulas of the n-th row of a list, by column counted from the list's first."""
    row = _head(start) + number
    mine, place, security = (cell(row, start + x) for x in (WHOSE, AT, SECURITY))
    symbol, quantity, price = (cell(row, start + x) for x in (SYMBOL, QUANTITY, PRICE))
    of_security = f"INDEX(tblSecurities[%s],{security})"
    named_cash, priced = f'UPPER({symbol})="CASH"', of_security % "Price"
    own_class = of_security % "Asset Class"

    def unless(value: str) -> str:
        return f'=IF({mine}="","",{value})'

    return {
        WHOSE: whose(start, number),
        AT: at(start, number),
        SECURITY: unless(f"IFERROR(MATCH({symbol},tblSecurities[Symbol],0),0)"),
        ROW: unless(f"{place}+ROW({table}[[#Headers],[Account ID]])"),
        ACCOUNT: unless(_of_whose(LOTS + ACCOUNT, mine)),
        SYMBOL: unless(f"TRIM(INDEX({table}[Symbol],{place}))"),
        CLASS: unless(f'IF({security}=0,IF({named_cash},"Cash","unknown"),{own_class})'),
        QUANTITY: unless(f"INDEX({table}[Quantity],{place})"),
        PRICE: unless(
            f'IF({security}=0,IF({named_cash},1,"unknown"),'
            f'IF({priced}="",IF({own_class}="Cash",1,"unknown"),{priced}))'
        ),
        VALUE: unless(_value(quantity, price)) if start == LOTS else _counted(row),
    }


def _value(quantity: str, price: str) -> str:
    """Dollars of a quantity at a price; text where one of them is none."""
    return f"IFERROR(ROUND(ROUND({quantity}*{price},8),2),{_UNREADABLE})"


def _counted(row: int) -> str:
    """What a position adds: cash of an account whose lots have none, and holdings of sheltered accounts without lots."""
    mine, symbol, own_class, quantity, price = (
        cell(row, POSITIONS + x) for x in (WHOSE, SYMBOL, CLASS, QUANTITY, PRICE)
    )

    def lots(column: int) -> str:
        return area(LOT_HEAD + 1, LOTS + column, LOT_ROOM)

    own = f"({lots(WHOSE)}={mine})"
    has_cash = f'SUMPRODUCT({own}*({lots(CLASS)}="Cash")*({lots(PRICE)}=1))>0'
    has_lots = f"SUMPRODUCT({own}*({lots(SYMBOL)}={symbol}))>0"
    sheltered = f"COUNTIF({area(1, SHELTERED, 30)},{_of_whose(REGISTRATION, mine)})>0"
    value = _value(quantity, price)
    return (
        f'=IF({mine}="","",IF(AND({own_class}="Cash",{price}=1),IF({has_cash},0,{value}),'
        f"IF(AND({sheltered},N({quantity})>0),IF({has_lots},0,{value}),0)))"
    )


# --- Classes ---------------------------------------------------------------------------------------------------

_OWN_TARGET = f'(TRIM(tblTargets[Model])={MODEL})*(TRIM(tblTargets[Symbol])="")'
VALUES = f"SUM({area(LOT_HEAD + 1, LOTS + VALUE, LOT_ROOM)})+SUM({area(POSITION_HEAD + 1, POSITIONS + VALUE, POSITION_ROOM)})"


def targets_count() -> str:
    return f'=IFERROR(IF({MODEL}="",0,SUMPRODUCT({_OWN_TARGET})),0)'


def scale() -> str:
    """100 where weights are entered as percents (65), else 1 (65% or 0.65)."""
    return "=IF(MAX(tblTargets[Target])>1,100,1)"


def target_at(number: int) -> str:
    nth = _nth("tblTargets", "Model", _OWN_TARGET, number)
    return f'=IF({number}>{count(TARGETS_COUNT)},"",{nth})'


def class_name(number: int) -> str:
    place = cell(CLASS_HEAD + number, TARGET_AT)
    return f'=IF({place}="","",INDEX(tblTargets[Asset Class],{place}))'


def target(number: int) -> str:
    place = cell(CLASS_HEAD + number, TARGET_AT)
    return f'=IF({place}="","",INDEX(tblTargets[Target],{place})/{count(SCALE)})'


def edge(number: int, upper: bool) -> str:
    """A class's lower or upper band: its own, else around the target by the row's, the client's or the firm's width."""
    row = CLASS_HEAD + number
    place, weight = cell(row, TARGET_AT), cell(row, TARGET)
    own = f"INDEX(tblTargets[{'Upper' if upper else 'Lower'}],{place})"
    width, kind = f"INDEX(tblTargets[Band],{place})", f"INDEX(tblTargets[Band Type],{place})"
    of_client, firm_kind = client_value("Band"), setting_formula("Class Band Type")
    firm_width = setting_formula("Class Band")
    reach = (
        f'IF({width}<>"",{width}*IF(IF({kind}="",{firm_kind},{kind})="Relative",{weight},1),'
        f'IF({of_client}<>"",{of_client},{firm_width}*IF({firm_kind}="Relative",{weight},1)))'
    )
    reached = f"MIN(1,{weight}+{reach})" if upper else f"MAX(0,{weight}-{reach})"
    return f'=IF({place}="","",IFERROR(IF({own}<>"",{own}/{count(SCALE)},{reached}),{_UNREADABLE}))'


def class_value(number: int) -> str:
    name = cell(CLASS_HEAD + number, 1)
    parts = "+".join(
        f"SUMIF({area(head + 1, start + CLASS, room)},{name},{area(head + 1, start + VALUE, room)})"
        for head, start, room in (
            (LOT_HEAD, LOTS, LOT_ROOM),
            (POSITION_HEAD, POSITIONS, POSITION_ROOM),
        )
    )
    return f'=IF({name}="","",ROUND({parts},2))'


def class_lots(number: int) -> str:
    name = cell(CLASS_HEAD + number, 1)
    return f'=IF({name}="","",COUNTIF({area(LOT_HEAD + 1, LOTS + CLASS, LOT_ROOM)},{name}))'


def other_value() -> str:
    return f"=ROUND({VALUES}-SUM({area(CLASS_HEAD + 1, 2, CLASS_ROOM)}),2)"


def status(number: int) -> str:
    row = CLASS_HEAD + number
    weight, name = cell(row, 5), cell(row, 1)
    return (
        f'=IF({name}="","",IF({weight}>{cell(row, UPPER)}+0.000000001,"Above band",'
        f'IF({weight}<{cell(row, LOWER)}-0.000000001,"Below band","In band")))'
    )


HAS_DRIFT = f"COUNT({result_area('XR_DRIFT', 'Value')})>0"


def drift_result(header: str, number: int) -> str:
    """What XR_DRIFT shows of a class on the Client sheet; `missing` where it shows others but not this one."""
    name = cell(CLASS_HEAD + number, 1)
    place = f"MATCH({name},{result_area('XR_DRIFT', 'Asset Class')},0)"
    symbol = f"INDEX({result_area('XR_DRIFT', 'Symbol')},{place})"  # a class stands above its securities
    found = f'IF({symbol}="",INDEX({result_area("XR_DRIFT", header)},{place}),"missing")'
    return f'=IF({name}="","",IFERROR({found},IF({HAS_DRIFT},"missing","")))'


def other_result() -> str:
    """What XR_DRIFT shows of classes without a target."""
    statuses, symbols = result_area("XR_DRIFT", "Status"), result_area("XR_DRIFT", "Symbol")
    values = result_area("XR_DRIFT", "Value")
    return f'=IF({HAS_DRIFT},IFERROR(SUMPRODUCT(({statuses}="No target")*({symbols}="")*({values})),"unreadable"),"")'


# --- Lots that the plan sells ----------------------------------------------------------------------------------


def plan_cells(number: int) -> dict[str, str]:
    """Formulas of the n-th lot of the plan, by what they state: its own cells first, then what XR_LOTS says."""
    row = PLAN_HEAD + number

    def shown(header: str) -> str:
        return result_cell("XR_LOTS", header, number)

    is_lot = f"ISNUMBER({shown('Lots row')})"
    symbol, lots_row, shares = (cell(row, x) for x in (2, 3, 4))
    proceeds, basis = cell(row, 5), cell(row, 7)
    place = f"{lots_row}-ROW(tblLots[[#Headers],[Account ID]])"
    quantity, acquired = f"INDEX(tblLots[Quantity],{place})", f"INDEX(tblLots[Acquired],{place})"
    price = f"INDEX(tblSecurities[Price],MATCH({symbol},tblSecurities[Symbol],0))"
    long_from = f"DATE(YEAR({acquired}+1)+1,MONTH({acquired}+1),DAY({acquired}+1))"
    part = f"IF({shares}={quantity},1,{shares}/{quantity})"

    def unless(value: str) -> str:
        return f'=IF({lots_row}="","",{value})'

    def from_plan(header: str) -> str:
        return f'=IF({is_lot},{shown(header)},"")'

    return {
        "account": unless(f'TRIM(INDEX(tblLots[Account ID],{place})&"")'),
        "symbol": unless(f'TRIM(INDEX(tblLots[Symbol],{place})&"")'),
        "row": f'=IF({is_lot},{shown("Lots row")},"")',
        "shares": from_plan("Shares"),
        "proceeds": unless(_value(shares, price)),
        "proceeds_xr": from_plan("Proceeds"),
        "basis": unless(
            f"IFERROR(ROUND(ROUND(ROUND(INDEX(tblLots[Cost Basis],{place}),2)*{part},8),2),{_UNREADABLE})"
        ),
        "basis_xr": from_plan("Cost Basis"),
        "gain": unless(f"IFERROR(ROUND({proceeds}-{basis},2),{_UNREADABLE})"),
        "gain_xr": from_plan("Gain"),
        "term": unless(f'IFERROR(IF({AS_OF}>={long_from},"Long-term","Short-term"),{_UNREADABLE})'),
        "term_xr": from_plan("Term"),
        "same": (
            f'AND({cell(row, 1)}=TRIM({shown("Account")}&""),{symbol}=TRIM({shown("Symbol")}&""),'
            f"{shares}<={quantity})"
        ),
    }


def plan_count() -> str:
    return f"=COUNT({result_area('XR_LOTS', 'Lots row')})"


# --- Totals and distributions ----------------------------------------------------------------------------------


def planned_gain(term: str, room: int) -> str:
    return f'=ROUND(SUMIF({area(PLAN_HEAD + 1, 12, room)},"{term}",{area(PLAN_HEAD + 1, 9, room)}),2)'


def rmd_left(owner: str, birth: str, spouse_birth: str) -> str:
    """What an owner must still take from the own IRAs this year by the Uniform Lifetime table (Reg. 1.401(a)(9)-9(c)).

    Empty when nothing is due, `unknown` without a birth date or a year-end value, and a sentence where the joint table
    may apply, which is not on this sheet.
    """
    born, spouse = client_value(birth), client_value(spouse_birth)
    whose_account = f'(TRIM(tblAccounts[Owner])="{owner}")'
    if owner == "Client":
        whose_account = f'({whose_account}+(TRIM(tblAccounts[Owner])="")>0)'
    pool = f"{_OWN_ACCOUNT}*{whose_account}*ISNUMBER(MATCH(tblAccounts[Registration],{area(1, IRAS, 4)},0))"
    has_none = f"SUMPRODUCT({pool})=0"
    ages, start = area(1, AGES, 60), f"LOOKUP({born},{area(1, BIRTHS, 4)},{area(1, BIRTHS + 1, 4)})"
    first_year = f"INT((YEAR({born})*12+MONTH({born})-1+INT({start}*12))/12)"
    age = f"({TAX_YEAR}-YEAR({born}))"
    divisor = f"VLOOKUP(MIN({age},MAX({ages})),{area(1, AGES, 60, 2)},2,FALSE)"
    missing = f'SUMPRODUCT({pool}*(tblAccounts[Prior Year-End Value]=""))>0'
    joint = (
        f'IF({spouse}="",FALSE,AND(YEAR({spouse})-YEAR({born})>10,LEFT({client_value("Filing Status")},7)="Married",'
        f'SUMPRODUCT({pool}*(tblAccounts[Sole Beneficiary]="Spouse"))>0))'
    )
    required = f"SUMPRODUCT({pool}*ROUND(ROUND(tblAccounts[Prior Year-End Value]/{divisor},8),2))"
    taken = f"SUMPRODUCT({pool}*ABS(tblAccounts[RMD Taken]))"
    return (
        f'=IFERROR(IF({CLIENT_ROW_NAME}="","",IF({has_none},"",IF({born}="","unknown",IF({TAX_YEAR}<{first_year},"",IF({missing},"unknown",'
        f'IF({joint},"needs the joint table",MAX(0,ROUND({required}-{taken},2)))))))),"unreadable")'
    )


def rmd_result(owner: str) -> str:
    """What XR_RMD shows as left of an owner's IRAs, empty where it lists none."""
    owners, pools = result_area("XR_RMD", "Owner"), result_area("XR_RMD", "Pool")
    left = result_area("XR_RMD", "Left")
    row = f'SUMPRODUCT((LEFT({owners},{len(owner)})="{owner}")*({pools}="IRA")*(ROW({owners})-ROW({result_cell("XR_RMD", "Owner", 0)})))'
    return f'=IFERROR(IF({row}=0,"",IF(INDEX({left},{row})="","",INDEX({left},{row}))),"")'
