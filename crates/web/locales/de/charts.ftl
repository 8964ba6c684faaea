# Pictures of figures over time, and what the first page says.

chart-title = Im Verlauf
chart-time = Welcher Zeitraum
chart-month = 30 Tage
chart-year = 12 Monate
chart-hint = Die Tage richten sich nach UTC.
chart-table = Als Tabelle
chart-when = Wann
chart-people = Personen
chart-people-said = { $first } Personen vor dem gezeigten Zeitraum, { $last } an seinem Ende.
chart-people-none = Hier ist noch niemand.
chart-work = Erledigte Schritte in Verzeichnissen
chart-work-said = { $n ->
    [one] 1 Schritt wurde in diesem Zeitraum in einem Verzeichnis erledigt und zurückgelesen.
   *[other] { $n } Schritte wurden in diesem Zeitraum in Verzeichnissen erledigt und zurückgelesen.
}
chart-work-none = In diesem Zeitraum wurde nichts erledigt.
chart-problems = Schritte, die jemanden brauchten
chart-problems-said = { $n ->
    [one] 1 Schritt brauchte in diesem Zeitraum jemanden.
   *[other] { $n } Schritte brauchten in diesem Zeitraum jemanden.
}
chart-problems-none = In diesem Zeitraum ging nichts schief.

# Home.
home-first = Womit Sie anfangen
home-first-seller = Es gibt noch keinen Kunden. Bestellen Sie den ersten; danach sehen Sie, wann sich seine Personen anmelden können.
home-first-customer = Sie sind hier die erste Person. Legen Sie die Personen an, mit denen Sie arbeiten; jede erhält einen Einmal-Link, um ein Kennwort zu wählen.
home-own = Ihr Konto
home-own-plans = Ihre Pläne:
home-own-no-plans = Sie haben noch keinen Plan erhalten. Darum kümmert sich Ihr Administrator.
# The number stands before it.
home-open = { $n ->
    [one] Auftrag ist unterwegs
   *[other] Aufträge sind unterwegs
}
home-drift = { $n ->
    [one] Änderung in einem Verzeichnis wartet auf eine Entscheidung
   *[other] Änderungen in Verzeichnissen warten auf eine Entscheidung
}
home-not-activated = { $n ->
    [one] Person hat nie ein Kennwort gewählt
   *[other] Personen haben nie ein Kennwort gewählt
}
