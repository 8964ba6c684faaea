# Signing in, forgotten passwords, links, one's own account, and mails.

# How long somebody has to wait.
wait-seconds = { $n ->
    [one] 1 second
   *[other] { $n } seconds
}
wait-minutes = { $n ->
    [one] 1 minute
   *[other] { $n } minutes
}

# Signing in.
sign-in-first = Sign in, and you get to the page you asked for.
sign-in-wait = Too many wrong attempts. Wait { $time }, then try again.
sign-in-forgotten = Forgotten your password?

# Forgotten password.
forgotten-title = Forgotten password
forgotten-hint = Tell us your login. You get a mail with a link by which you choose a new password.
forgotten-button = Send me a link
forgotten-back = Back to sign in
forgotten-wait = A link was asked for too often. Wait { $time }, then ask again, or ask your administrator for one.
forgotten-asked = Look into your mailbox
forgotten-sent = { $n ->
    [one] If there is an account with this login and a mail address, a mail with a link is on its way there. The link works for 1 minute. Until it is used, the present password goes on working.
   *[other] If there is an account with this login and a mail address, a mail with a link is on its way there. The link works for { $n } minutes. Until it is used, the present password goes on working.
}
forgotten-nothing = Nothing arrives? Look whether the mail is among the unwanted ones and whether the login was right. Your account may have no mail address: then ask your administrator for a link.
forgotten-kept = This installation sends no mail: mails are kept, and whoever runs it can read them.
forgotten-no-mail = Links cannot be sent by mail here. Ask your administrator for a link by which you choose a new password.

# Choosing a password by a link: why there is one.
activate-hello = Hello { $name }.
activate-new-one = Choose a new password
activate-used = The link was used and does not work a second time. Forgotten the password again?
activate-ask-mail = Have a new link sent to you by mail, or ask your administrator for one. If you know your password, just sign in.
activate-ask = Ask your administrator for a new link. If you know your password, just sign in.
activate-new-link = Ask for a new link
link-activation = An account was made for you. With this link you choose its password.
link-reset = Your administrator asks you to choose a new password. Until you have, the present one goes on working.
link-forgotten = Somebody, probably you, forgot the password of this account. If it was not you, close this page: nothing changes.
link-change = You are changing your password. Until it is set everywhere, the present one goes on working.
link-over = It worked until { $until }.
link-replaced = It was replaced by a newer one, or the account may not sign in at present. The newest mail or message has the link that works.

# What a password has to be.
password-chars = At least { $n } characters.
password-kinds = At least { $n } of these: capital letters, small letters, digits, other characters.
password-no-names = None of your names.
password-no-words = None of these words: { $words }.
password-directory = None you used here before; the directory may ask for more, and then says so.
password-advice = Several words are easier to keep than signs.
password-differ = The two passwords are not the same.
rule-mismatch = This is not the present password.
rule-unchanged = This is the present one. Choose another.
rule-changed_meanwhile = Somebody changed it since this was shown, so it was left as it is.
rule-expired = It was kept for { $hours } hours and destroyed then. The person chooses one by the link; or import the file again.
rule-defect = The server cannot do it: it has a defect, or is installed wrong. Its log says why.
rule-other_directory = { $value } lives in another directory, and an account cannot leave its own. Move one of the customers there first, or create the person anew in { $value }.
rule-in_directory = The directory has an account or a group called { $value } that is not managed here, seen { $seen }. Take it over (adoption), choose another name, or look at the directory again if it is gone.
field-login = Login
field-present_password = Present password
field-password = New password
field-again = The same again

# One's own password.
account-password = Change password
account-password-hint = It changes everywhere at once: here and where you log on. Afterwards you sign in again in every browser.
account-password-button = Change the password

# Sessions.
account-sessions = Sessions
account-sessions-hint = Where you are signed in. End what you do not recognise, and then change your password.
session-where = Browser and network
session-since = Signed in
session-used = Last used
session-this = This one
session-unknown = Unknown program
session-device = { $browser } on { $system }
session-unused = not since
session-end = End
session-end-of = End the session of { $device }
session-end-others = End all others
session-end-all = Sign out everywhere
session-none = Signed in nowhere.
session-end-person = End all sessions
session-end-person-hint = The person has to sign in again everywhere. Tokens of programs go on working.
done-session-ended = Ended. That browser is signed out.
done-sessions-ended = All sessions have ended.

# Language and appearance.
account-look = Language and appearance
account-look-hint = Holds in every browser in which you sign in, and for mails to you.
account-language-customer = As { $customer } ({ $language })
field-own_language = Language
field-own_theme = Appearance
done-look = Saved for every browser.

# Mails.
nav-mails = Mails
mails-title = Mails
mails-which = Which mails
mails-hint = Links for passwords that people get by mail, of the last two weeks.
mails-keep = This installation sends no mail. Mails are kept for two weeks and can be read here with their links, which open people's accounts: for demonstrations only.
mails-off = Mail is not configured
mails-off-hint = Nothing is mailed: whoever makes a link hands it over, and forgotten passwords cannot be asked for. To change that, fill in the section mail of the configuration on all servers and workers.
mails-none = No mail was wanted in the last two weeks. Links for passwords that go by mail show up here.
mails-said = The mail server said:
mails-gone = Address destroyed
mails-gone-hint = What was personal of this mail was destroyed with the person's values.
mails-unreadable = How it reads is not shown: its link opens the person's account.
mails-text = How it reads
mails-login = Login
mails-brand = Brand
mails-until = Link works until
mails-wanted = Wanted
mails-ended = Settled
mails-tries = Tries
mails-person = To the person
mail-kind-activation = First password
mail-kind-reset = New password, by an administrator
mail-kind-reset_requested = Forgotten password
mail-state-requested = Waiting
mail-state-sent = Sent
mail-state-failed = Not sent
mail-state-kept = Kept
