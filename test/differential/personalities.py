"""The simulators that answers must be right under.

Promises: each has a name, settings of the simulator and ways to read it
(options of servers; queries are spread over them).  Counts that are taken on
trust may be wrong where the documentation says so, and are left out there.
"""

from typing import NamedTuple

# page_size and prefetch; small pages, so that lists have many.
WAYS = ((10, 1), (10, 4), (10, 4), (50, 4), (200, 1), (200, 4))


class Personality(NamedTuple):
    """One way a service may behave."""

    name: str
    settings: str = ""
    options: str = ""               # of the server, SQL
    ways: tuple = WAYS
    spans: bool = False             # all projects of two regions are read

    def all_ways(self):
        """Its ways, and one with all that saves requests switched on.

        Totals are not trusted where they count something else than the list
        in a manner that one page of a long list does not show.
        """
        lies = any(f"totals={word}" in self.settings
                   for word in ("all", "low", "high"))
        trust = "" if lies else ", trust_total 'true'"
        page_size, _ = self.ways[0]
        return tuple((size, prefetch, "") for size, prefetch in self.ways) + \
            ((page_size, 8, f", cache_ttl '60'{trust}"),) 


ALL = [
    Personality("as documented"),
    *(Personality(f"{spelling} only, {unknown}",
                  f"spelling={spelling};unknown={unknown}")
      for spelling in ("long", "short")
      for unknown in ("reject", "ignore", "empty")),
    Personality("category ignored", "category=ignore;category_default=all"),
    Personality("category ignored, spelling ignored",
                "category=ignore;spelling=short;unknown=ignore;totals=all"),
    Personality("clamped to 50", "clamp=50",
                ways=((200, 1), (200, 4), (100, 4), (50, 4))),
    Personality("clamped to 7", "clamp=7;limit_max=clamp"),
    Personality("totals of all", "totals=all"),
    Personality("totals absent", "totals=absent"),
    Personality("totals null, clamped", "totals=null;clamp=33"),
    Personality("totals zero", "totals=zero"),
    Personality("totals low", "totals=low"),
    Personality("totals high", "totals=high"),
    Personality("host_name substring", "host_name=substring"),
    Personality("host_name casefold", "host_name=casefold"),
    Personality("short pages", "short_pages=3"),
    Personality("short pages, totals of all",
                "short_pages=7;totals=all;spelling=short;unknown=empty"),
    Personality("empty lists left out", "empty_list=absent"),
    Personality("empty lists null, totals of all",
                "empty_list=null;totals=all;unknown=empty;spelling=short"),
    Personality("defaults all", "category_default=all;eps_default=all"),
    Personality("words of tomorrow", "new_words=4"),
    Personality("words of tomorrow, ignored",
                "new_words=3;unknown=ignore;spelling=short"),
    Personality("numbers as texts", "numbers=string"),
    Personality("numbers with exponents",
                "numbers=exp;field_order=data_last"),
    Personality("seconds", "expire_unit=s"),
    Personality("compressed, chunked, closed", "gzip=1;chunked=1;close=1"),
    Personality("all at once", "spelling=short;unknown=ignore;clamp=13;"
                "category=ignore;totals=all;host_name=substring"),
    Personality("no filter of states, short only",
                "deaf=quota_status;spelling=short;unknown=empty"),
    Personality("no filter of use, long only",
                "deaf=used_status;spelling=long;unknown=empty"),
    Personality("no filter of editions", "deaf=version;totals=all"),
    Personality("no filter of keys", "deaf=resource_id"),
    Personality("no filter of enterprise projects",
                "deaf=enterprise_project_id;eps_default=all"),
    Personality("two regions", spans=True),
    Personality("two regions, short only", "spelling=short;unknown=empty",
                spans=True),
    Personality("two regions, at once", "spelling=long;unknown=ignore;"
                "clamp=13;category=ignore;totals=all", spans=True),
    Personality("spelling set to long", "spelling=long;unknown=empty",
                ", status_spelling 'long'"),
    Personality("spelling set to short", "spelling=short;unknown=reject",
                ", status_spelling 'short'"),
]
