from datetime import date, timedelta


def month_ends(start: date, end: date):
    """Last days of the months from start to end."""
    day = start.replace(day=1)
    while day <= end:
        following = (day + timedelta(days=32)).replace(day=1)
        yield following - timedelta(days=1)
        day = following
