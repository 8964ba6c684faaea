# Pictures of figures over time, and what the first page says.

chart-title = Over time
chart-time = Which time
chart-month = 30 days
chart-year = 12 months
chart-hint = Days are those of UTC.
chart-table = As a table
chart-when = When
chart-people = People
chart-people-said = { $first } people before the time shown, { $last } at its end.
chart-people-none = Nobody is here yet.
chart-work = Steps done in directories
chart-work-said = { $n ->
    [one] 1 step was done in a directory and read back in this time.
   *[other] { $n } steps were done in directories and read back in this time.
}
chart-work-none = Nothing was done in this time.
chart-problems = Steps that came to need a person
chart-problems-said = { $n ->
    [one] 1 step came to need a person in this time.
   *[other] { $n } steps came to need a person in this time.
}
chart-problems-none = Nothing went wrong in this time.

# Home.
home-first = What to do first
home-first-seller = There is no customer yet. Order the first one; you then see when its people can log on.
home-first-customer = You are the first one here. Create the people who work with you; each gets a one-time link to choose a password.
home-own = Your account
home-own-plans = Your plans:
home-own-no-plans = No plan was given to you yet. Your administrator does that.
# The number stands before it.
home-open = { $n ->
    [one] request is on its way
   *[other] requests are on their way
}
home-drift = { $n ->
    [one] change made in a directory waits for a decision
   *[other] changes made in directories wait for a decision
}
home-not-activated = { $n ->
    [one] person never chose a password
   *[other] people never chose a password
}
