# The pages, in the order in which people meet them.

# Around every page.
skip = Zum Inhalt
portal = Portal
menu = Menü
search = Suche
search-hint = Suchen
nav = Hauptnavigation
trail = Sie sind hier
nav-status = Status
sign-out = Abmelden
language = Sprache
theme = Darstellung
theme-auto = Wie das Gerät
theme-light = Hell
theme-dark = Dunkel
apply = Anwenden

# Signing in.
sign-in-title = Anmelden
sign-in-login = Benutzername
sign-in-password = Kennwort
sign-in-button = Anmelden
sign-in-hint = Noch kein Kennwort, oder vergessen? Bitten Sie Ihren Administrator um einen Link.
sign-in-wrong = Benutzername oder Kennwort ist falsch, oder das Konto darf sich nicht anmelden.

# Choosing a password by a link.
activate-choose = Kennwort wählen
activate-again = Anderes Kennwort wählen
activate-pending = Einen Moment
activate-done = Sie können sich anmelden
activate-expired = Dieser Link ist nicht mehr gültig
activate-button = Kennwort festlegen
activate-until = Der Link ist gültig bis { $until }.
activate-on-its-way = Ihr Kennwort wird an alle Systeme übertragen. Diese Seite aktualisiert sich von selbst; es dauert einige Sekunden.
activate-look = Jetzt aktualisieren
activate-set = Ihr Kennwort ist überall festgelegt.
activate-as = Melden Sie sich ab jetzt an als

# Instead of a page.
back-to-form = Zurück zur Seite davor
back-to-start = Zur Startseite
no-page-title = Diese Seite gibt es nicht
no-page-detail = Die Adresse ist möglicherweise unvollständig, oder die Seite ist nicht für Sie bestimmt.
no-method-title = Hier nicht möglich
no-method-detail = Diese Seite kann nicht auf diese Weise verwendet werden.
forged-title = Dieses Formular kann nicht angenommen werden
forged-detail = Das Formular ist zu alt, oder Ihr Browser speichert keine Cookies. Gehen Sie zurück, laden Sie die Seite neu und wiederholen Sie die Eingabe. Es wurde nichts geändert.
too-many-title = Zu viele Versuche
too-many-detail = { $seconds ->
    [one] Warten Sie eine Sekunde und versuchen Sie es dann erneut.
   *[other] Warten Sie { $seconds } Sekunden und versuchen Sie es dann erneut.
}
internal-title = Hier ist ein Fehler aufgetreten
internal-detail = Der Fehler liegt bei uns und steht in unserem Protokoll. Versuchen Sie es erneut; bleibt der Fehler bestehen, teilen Sie Ihrem Administrator den Zeitpunkt mit.
forbidden-title = Nicht erlaubt
forbidden-detail = Keine Ihrer Rollen erlaubt dies. Versuche, etwas zu ändern, werden aufgezeichnet.
invalid-title = Dies kann nicht angenommen werden
unavailable-title = Einen Moment bitte
unavailable-detail = Wir sind im Moment nicht bereit. Es wurde nichts geändert; versuchen Sie es in einer Minute erneut.
full-title = Es kann nichts gespeichert werden
full-detail = Im Moment kann nichts gespeichert werden, weil unsere Datenbank voll ist. Es wurde nichts geändert; informieren Sie Ihren Administrator und versuchen Sie es später erneut.
slow-title = Dies hat zu lange gedauert
slow-detail = Die Antwort hat zu lange gedauert. Prüfen Sie, ob der Vorgang ausgeführt wurde, bevor Sie ihn wiederholen.

# Status: directories.
status-title = Status
status-directories = Verzeichnisse
status-no-directory = Es ist noch kein Verzeichnis eingerichtet.
status-since = Statuswechsel { $when }
status-breaker = Schutzschalter
status-urgent = Wartend, dringend
status-bulk = Wartend, Massenverarbeitung
status-parked = Zurückgestellt
status-failed = Eingriff nötig
status-pace = Tempo
status-mode = Betriebsart
status-controllers = Domänencontroller
status-answer = Antwortzeit { $time }
status-clock = Uhr { $off }
status-in-use = in Verwendung
health-up = Antwortet
health-down = Antwortet nicht
health-unknown = Noch nicht abgefragt
breaker-open = Offen
breaker-trying = Im Versuch
breaker-closed = Geschlossen
mode-normal = Normal
mode-maintenance = Wartung
mode-read-only = Schreibgeschützt
mode-both = Wartung, schreibgeschützt
pace = { $rate } pro Sekunde
milliseconds = { $number } ms
clock-ahead = geht { $seconds } s vor
clock-behind = geht { $seconds } s nach
notice-maintenance = { $name } wird gewartet. Änderungen werden angenommen, warten und werden danach von selbst ausgeführt.
notice-read-only = { $name } ist schreibgeschützt. Änderungen werden angenommen und warten, bis dort wieder geändert werden darf.
notice-away = { $name } antwortet nicht. Änderungen werden angenommen, warten und werden danach von selbst ausgeführt.
notice-away-why = { $name }: { $what } Änderungen werden angenommen, warten und werden danach von selbst ausgeführt. Abhilfe: { $cure }

# Status: requests.
status-requests = Aufträge
status-which = Auswahl der Aufträge
status-none = Es gibt noch keine Aufträge. Bestellungen und Änderungen erscheinen hier.
nothing-here = Hier ist nichts.
all = Alle
progress = { $done } von { $total } erledigt
progress-failed = { $done } von { $total } erledigt, Eingriff nötig bei { $failed }
progress-many = { $done } erledigt
progress-many-failed = { $done } erledigt, Eingriff nötig bei { $failed }
request-all = Alle Aufträge
request-progress = Fortschritt
request-asked-by = angefordert von { $name }
request-retry = Fehlgeschlagenes wiederholen
request-retry-hint = Führen Sie zuerst die unten genannte Abhilfe durch; danach werden nur die fehlgeschlagenen Objekte wiederholt.
request-follow = Verfolgen: alle 3 Sekunden aktualisieren
request-unfollow = Nicht mehr verfolgen
request-objects = Objekte
request-which = Auswahl der Objekte
request-none = Kein Objekt in diesem Zustand.
request-tries = { $n ->
    [one] einmal versucht
   *[other] { $n }-mal versucht
}
request-said = Meldung des Verzeichnisses:
request-cure = Abhilfe: { $cure }
request-more = Weitere Objekte
