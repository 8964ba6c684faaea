# Signing in, forgotten passwords, links, one's own account, and mails.

# How long somebody has to wait.
wait-seconds = { $n ->
    [one] 1 Sekunde
   *[other] { $n } Sekunden
}
wait-minutes = { $n ->
    [one] 1 Minute
   *[other] { $n } Minuten
}

# Signing in.
sign-in-first = Melden Sie sich an, dann gelangen Sie zu der gewünschten Seite.
sign-in-wait = Zu viele falsche Versuche. Warten Sie { $time } und versuchen Sie es dann erneut.
sign-in-forgotten = Kennwort vergessen?

# Forgotten password.
forgotten-title = Kennwort vergessen
forgotten-hint = Nennen Sie Ihren Benutzernamen. Sie erhalten eine E-Mail mit einem Link, über den Sie ein neues Kennwort wählen.
forgotten-button = Link zusenden
forgotten-back = Zurück zur Anmeldung
forgotten-wait = Es wurde zu oft ein Link angefordert. Warten Sie { $time } und fordern Sie ihn dann erneut an, oder bitten Sie Ihren Administrator darum.
forgotten-asked = Sehen Sie in Ihr Postfach
forgotten-sent = { $n ->
    [one] Wenn es ein Konto mit diesem Benutzernamen und einer E-Mail-Adresse gibt, ist eine E-Mail mit einem Link dorthin unterwegs. Der Link ist 1 Minute gültig. Bis er verwendet wird, gilt das bisherige Kennwort weiter.
   *[other] Wenn es ein Konto mit diesem Benutzernamen und einer E-Mail-Adresse gibt, ist eine E-Mail mit einem Link dorthin unterwegs. Der Link ist { $n } Minuten gültig. Bis er verwendet wird, gilt das bisherige Kennwort weiter.
}
forgotten-nothing = Es kommt nichts an? Sehen Sie nach, ob die E-Mail bei den unerwünschten liegt und ob der Benutzername richtig war. Vielleicht hat Ihr Konto keine E-Mail-Adresse: Bitten Sie dann Ihren Administrator um einen Link.
forgotten-kept = Diese Installation verschickt keine E-Mails: Sie werden aufbewahrt, und wer sie betreibt, kann sie lesen.
forgotten-no-mail = Links können hier nicht per E-Mail verschickt werden. Bitten Sie Ihren Administrator um einen Link, über den Sie ein neues Kennwort wählen.

# Choosing a password by a link: why there is one.
activate-hello = Guten Tag, { $name }.
activate-new-one = Neues Kennwort wählen
activate-used = Der Link wurde verwendet und gilt kein zweites Mal. Haben Sie das Kennwort wieder vergessen?
activate-ask-mail = Lassen Sie sich per E-Mail einen neuen Link zusenden, oder bitten Sie Ihren Administrator darum. Wenn Sie Ihr Kennwort kennen, melden Sie sich einfach an.
activate-ask = Bitten Sie Ihren Administrator um einen neuen Link. Wenn Sie Ihr Kennwort kennen, melden Sie sich einfach an.
activate-new-link = Neuen Link anfordern
link-activation = Für Sie wurde ein Konto angelegt. Mit diesem Link wählen Sie sein Kennwort.
link-reset = Ihr Administrator bittet Sie, ein neues Kennwort zu wählen. Bis dahin gilt das bisherige weiter.
link-forgotten = Jemand, vermutlich Sie, hat das Kennwort dieses Kontos vergessen. Wenn Sie es nicht waren, schließen Sie diese Seite: Es ändert sich nichts.
link-change = Sie ändern Ihr Kennwort. Bis es überall festgelegt ist, gilt das bisherige weiter.
link-over = Er war gültig bis { $until }.
link-replaced = Er wurde durch einen neueren ersetzt, oder das Konto darf sich derzeit nicht anmelden. Der gültige Link steht in der neuesten E-Mail oder Nachricht.

# What a password has to be.
password-chars = Mindestens { $n } Zeichen.
password-kinds = Mindestens { $n } hiervon: Großbuchstaben, Kleinbuchstaben, Ziffern, andere Zeichen.
password-no-names = Keiner Ihrer Namen.
password-no-words = Keines dieser Wörter: { $words }.
password-directory = Keines, das Sie hier schon verwendet haben; das Verzeichnis kann mehr verlangen und sagt es dann.
password-advice = Mehrere Wörter lassen sich leichter merken als Sonderzeichen.
password-differ = Die beiden Kennwörter stimmen nicht überein.
rule-mismatch = Das ist nicht das bisherige Kennwort.
rule-unchanged = Das ist das bisherige. Wählen Sie ein anderes.
rule-changed_meanwhile = Jemand hat es geändert, seit dies angezeigt wurde; es blieb, wie es ist.
rule-expired = Es wurde { $hours } Stunden aufbewahrt und dann vernichtet. Die Person wählt eines über den Link; oder die Datei wird noch einmal importiert.
rule-defect = Der Server kann es nicht: Er hat einen Fehler oder ist falsch eingerichtet. Sein Protokoll sagt, warum.
rule-other_directory = { $value } lebt in einem anderen Verzeichnis, und ein Konto kann seines nicht verlassen. Lassen Sie zuerst einen der Kunden dorthin umziehen, oder legen Sie die Person in { $value } neu an.
rule-in_directory = Das Verzeichnis hat ein Konto oder eine Gruppe namens { $value }, die hier nicht verwaltet wird, gesehen { $seen }. Übernehmen Sie sie (Adoption), wählen Sie einen anderen Namen, oder sehen Sie das Verzeichnis erneut an, wenn es sie nicht mehr gibt.
field-login = Benutzername
field-present_password = Bisheriges Kennwort
field-password = Neues Kennwort
field-again = Kennwort wiederholen

# One's own password.
account-password = Kennwort ändern
account-password-hint = Es ändert sich überall zugleich: hier und dort, wo Sie sich anmelden. Danach melden Sie sich in jedem Browser neu an.
account-password-button = Kennwort ändern

# Sessions.
account-sessions = Sitzungen
account-sessions-hint = Hier sind Sie angemeldet. Beenden Sie, was Sie nicht erkennen, und ändern Sie dann Ihr Kennwort.
session-where = Browser und Netzwerk
session-since = Angemeldet
session-used = Zuletzt verwendet
session-this = Diese hier
session-unknown = Unbekanntes Programm
session-device = { $browser } unter { $system }
session-unused = seither nicht
session-end = Beenden
session-end-of = Sitzung von { $device } beenden
session-end-others = Alle anderen beenden
session-end-all = Überall abmelden
session-none = Nirgends angemeldet.
session-end-person = Alle Sitzungen beenden
session-end-person-hint = Die Person muss sich überall neu anmelden. Token für Programme bleiben gültig.
done-session-ended = Beendet. Jener Browser ist abgemeldet.
done-sessions-ended = Alle Sitzungen sind beendet.

# Language and appearance.
account-look = Sprache und Darstellung
account-look-hint = Gilt in jedem Browser, in dem Sie sich anmelden, und für E-Mails an Sie.
account-language-customer = Wie { $customer } ({ $language })
field-own_language = Sprache
field-own_theme = Darstellung
done-look = Für alle Browser gespeichert.

# Mails.
nav-mails = E-Mails
mails-title = E-Mails
mails-which = Welche E-Mails
mails-hint = Links für Kennwörter, die per E-Mail verschickt werden, aus den letzten zwei Wochen.
mails-keep = Diese Installation verschickt keine E-Mails. Sie werden zwei Wochen aufbewahrt und können hier mit ihren Links gelesen werden, die Konten öffnen: nur für Vorführungen.
mails-off = E-Mail ist nicht konfiguriert
mails-off-hint = Es wird nichts verschickt: Wer einen Link erstellt, übergibt ihn selbst, und für vergessene Kennwörter kann kein Link angefordert werden. Um das zu ändern, füllen Sie auf allen Servern und Workern den Abschnitt mail der Konfiguration aus.
mails-none = In den letzten zwei Wochen gab es keine E-Mail. Links für Kennwörter, die per E-Mail verschickt werden, erscheinen hier.
mails-said = Der Mailserver antwortete:
mails-gone = Adresse gelöscht
mails-gone-hint = Was an dieser E-Mail persönlich war, wurde mit den Daten der Person gelöscht.
mails-unreadable = Der Text wird nicht angezeigt: Sein Link öffnet das Konto der Person.
mails-text = Text
mails-login = Benutzername
mails-brand = Marke
mails-until = Link gültig bis
mails-wanted = Angefordert
mails-ended = Erledigt
mails-tries = Versuche
mails-person = Zur Person
mail-kind-activation = Erstes Kennwort
mail-kind-reset = Neues Kennwort, durch einen Administrator
mail-kind-reset_requested = Vergessenes Kennwort
mail-state-requested = Wartet
mail-state-sent = Verschickt
mail-state-failed = Nicht verschickt
mail-state-kept = Aufbewahrt
