# The pages, in the order in which people meet them.

# Around every page.
skip = To the content
portal = Portal
menu = Menu
search = Search
search-hint = Search
nav = Main
trail = Where this is
nav-status = Status
sign-out = Sign out
language = Language
theme = Appearance
theme-auto = As the device
theme-light = Light
theme-dark = Dark
apply = Apply

# Signing in.
sign-in-title = Sign in
sign-in-login = Login
sign-in-password = Password
sign-in-button = Sign in
sign-in-hint = No password yet, or forgotten? Ask your administrator for a link.
sign-in-wrong = Login or password is wrong, or the account may not sign in.

# Choosing a password by a link.
activate-choose = Choose your password
activate-again = Choose another password
activate-pending = One moment
activate-done = You can sign in
activate-expired = This link no longer works
activate-button = Set the password
activate-until = The link works until { $until }.
activate-on-its-way = Your password is on its way to every system. This page looks again by itself; it takes a few seconds.
activate-look = Look now
activate-set = Your password is set everywhere.
activate-as = Sign in from now on as

# Instead of a page.
back-to-form = Back to the page before
back-to-start = To the start
no-page-title = There is no such page
no-page-detail = The address may be incomplete, or it is not yours to see.
no-method-title = Not possible here
no-method-detail = This page cannot be used in this way.
forged-title = This form cannot be accepted
forged-detail = The form is too old, or your browser does not keep cookies. Go back, load the page again and repeat it. Nothing was changed.
too-many-title = Too many attempts
too-many-detail = { $seconds ->
    [one] Wait a second, then try again.
   *[other] Wait { $seconds } seconds, then try again.
}
internal-title = Something went wrong here
internal-detail = This is our fault, and it is in our log. Try again; if it stays so, tell your administrator when it happened.
forbidden-title = Not allowed
forbidden-detail = None of your roles allows this. Attempts to change something are recorded.
invalid-title = This cannot be accepted
unavailable-title = One moment, please
unavailable-detail = We are not ready at the moment. Nothing was changed; try again in a minute.
full-title = Nothing can be stored
full-detail = Nothing can be stored at the moment, because our database is full. Nothing was changed; tell your administrator, and try again later.
slow-title = This took too long
slow-detail = The answer took too long. Look whether it happened before you repeat it.

# Status: directories.
status-title = Status
status-directories = Directories
status-no-directory = No directory is set up yet.
status-since = since { $when }
status-breaker = Breaker
status-urgent = Waiting, urgent
status-bulk = Waiting, bulk
status-parked = Parked
status-failed = Need a person
status-pace = Pace
status-mode = Mode
status-controllers = Controllers
status-answer = answer { $time }
status-clock = clock { $off }
status-in-use = in use
health-up = Answers
health-down = Does not answer
health-unknown = Not asked yet
breaker-open = Open
breaker-trying = Trying
breaker-closed = Closed
mode-normal = Normal
mode-maintenance = Maintenance
mode-read-only = Read-only
mode-both = Maintenance, read-only
pace = { $rate } a second
milliseconds = { $number } ms
clock-ahead = { $seconds } s ahead
clock-behind = { $seconds } s behind
notice-maintenance = { $name } is in maintenance. Changes are accepted, wait, and go on by themselves.
notice-read-only = { $name } is read-only. Changes are accepted and wait until it may be changed again.
notice-away = { $name } does not answer. Changes are accepted, wait, and go on by themselves.
notice-away-why = { $name }: { $what } Changes are accepted, wait, and go on by themselves. What to do: { $cure }

# Status: requests.
status-requests = Requests
status-which = Which requests
status-none = Nothing was asked for yet. An order or a change will show up here.
nothing-here = Nothing here.
all = All
progress = { $done } of { $total } done
progress-failed = { $failed ->
    [one] { $done } of { $total } done, 1 needs a person
   *[other] { $done } of { $total } done, { $failed } need a person
}
progress-many = { $done } done
progress-many-failed = { $failed ->
    [one] { $done } done, 1 needs a person
   *[other] { $done } done, { $failed } need a person
}
request-all = All requests
request-progress = Progress
request-asked-by = asked by { $name }
request-retry = Retry what failed
request-retry-hint = Apply the cures below first; then only the failed objects run again.
request-follow = Follow: look again every 3 seconds
request-unfollow = Stop following
request-objects = Objects
request-which = Which objects
request-none = Nothing in this state.
request-tries = { $n ->
    [one] tried once
   *[other] tried { $n } times
}
request-said = The directory said:
request-cure = What to do: { $cure }
request-more = More objects
