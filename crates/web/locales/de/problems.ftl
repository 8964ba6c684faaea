# What can stand between what is wanted and what is true in a directory: a title, what
# happened, what to do. The ids are the codes of `domain::problem`.

# Quoted value with the blank before it, where there is one.
quoted = {" "}„{ $value }“
at-place = { $text } (Ort: { $dn })

problem-unreachable-title = Das Verzeichnis antwortet nicht
problem-unreachable-what = Das Verzeichnis ist im Moment nicht erreichbar; die Arbeit wartet.
problem-unreachable-cure = Abwarten genügt – es geht von selbst weiter, sobald das Verzeichnis antwortet. Bleibt es dabei, prüft der Betreiber, ob die Domänencontroller laufen und über das Netzwerk erreichbar sind.

problem-certificate_expired-title = Das Zertifikat des Verzeichnisses ist abgelaufen
problem-certificate_expired-what = Das Zertifikat des Domänencontrollers ist nicht mehr gültig, daher wird nichts an ihn gesendet; die Arbeit wartet.
problem-certificate_expired-cure = Der Betreiber installiert ein neues Zertifikat auf dem Domänencontroller. Die Arbeit geht innerhalb einer Minute von selbst weiter.

problem-certificate_not_yet_valid-title = Das Zertifikat des Verzeichnisses ist noch nicht gültig
problem-certificate_not_yet_valid-what = Das Zertifikat des Domänencontrollers wird nach unserer Uhr erst später gültig; die Arbeit wartet.
problem-certificate_not_yet_valid-cure = Der Betreiber vergleicht die Uhren des Domänencontrollers und des Rechners, auf dem dieses Produkt läuft, und stellt die falsche richtig. Die Arbeit geht von selbst weiter.

problem-certificate_not_trusted-title = Dem Zertifikat des Verzeichnisses wird nicht vertraut
problem-certificate_not_trusted-what = Das Zertifikat des Domänencontrollers wurde von keiner Zertifizierungsstelle in unserer Datei signiert, ist beschädigt oder wurde widerrufen, daher wird nichts an ihn gesendet; die Arbeit wartet.
problem-certificate_not_trusted-cure = Der Betreiber vergewissert sich, dass es der richtige Domänencontroller ist, und fügt dann die Zertifizierungsstelle, die dessen Zertifikat signiert hat, in die mit ca_file angegebene Datei ein. Die Arbeit geht innerhalb einer Minute von selbst weiter.

problem-certificate_name-title = Das Zertifikat des Verzeichnisses trägt einen anderen Namen
problem-certificate_name-what = Das Zertifikat des Domänencontrollers ist nicht auf den Namen ausgestellt, unter dem er angesprochen wird, daher wird nichts an ihn gesendet; die Arbeit wartet.
problem-certificate_name-cure = Der Betreiber installiert auf dem Domänencontroller ein Zertifikat mit dem Namen aus urls, und die Arbeit geht von selbst weiter; oder er trägt den Namen des Zertifikats in urls ein und startet das Produkt neu.

problem-credentials_refused-title = Das Verzeichnis lässt unser Konto nicht zu
problem-credentials_refused-what = Das Konto, mit dem dieses Produkt arbeitet, darf sich nicht am Verzeichnis anmelden: { $cause }. Die Arbeit wartet.
problem-credentials_refused-cure = Der Betreiber bringt das Konto im Verzeichnis in Ordnung und schreibt ein geändertes Kennwort in die mit bind_password_file angegebene Datei. Die Arbeit geht innerhalb einer Minute von selbst weiter; nach einem falschen Kennwort wird dasselbe erst nach zehn Minuten wieder versucht.

problem-sign_in_method-title = Das Verzeichnis verlangt eine andere Art der Anmeldung
problem-sign_in_method-what = Das Verzeichnis akzeptiert keine Anmeldung mit Name und Kennwort über TLS, wie dieses Produkt sie verwendet; die Arbeit wartet.
problem-sign_in_method-cure = Der Betreiber erlaubt dem Konto einfache Bindungen (Simple Bind) über LDAPS, die derzeit eine Richtlinie oder ein Gateway verbietet. Die Arbeit geht von selbst weiter.

problem-folder_missing-title = Unser Ordner fehlt im Verzeichnis
problem-folder_missing-what = Der Ordner, der diesem Produkt zugewiesen wurde, ist nicht vorhanden, oder das Konto des Produkts darf ihn nicht sehen; die Arbeit wartet.
problem-folder_missing-cure = Der Betreiber stellt den Ordner wieder her, gibt ihm seinen alten Namen zurück oder führt die Delegierung erneut aus; danach geht die Arbeit von selbst weiter.

problem-disk_full-title = Das Verzeichnis kann nichts speichern
problem-disk_full-what = Der Domänencontroller kann nicht auf seinen Datenträger schreiben, meist weil dieser voll ist; die Arbeit wartet, und nichts wurde nur halb ausgeführt.
problem-disk_full-cure = Der Betreiber schafft Platz auf dem Datenträger des Domänencontrollers. Die Arbeit geht innerhalb von ein bis zwei Minuten von selbst weiter.

problem-maintenance-title = Das Verzeichnis wird gewartet
problem-maintenance-what = Der Betreiber arbeitet am Verzeichnis; es wird nichts dorthin gesendet, und die Arbeit wartet.
problem-maintenance-cure = Abwarten genügt – es geht von selbst weiter, wenn die Wartung endet.

problem-read_only-title = Das Verzeichnis ist schreibgeschützt
problem-read_only-what = Der Betreiber erlaubt derzeit keine Änderungen im Verzeichnis; was abweicht, wartet.
problem-read_only-cure = Abwarten genügt – es geht von selbst weiter, wenn das Verzeichnis wieder geändert werden darf.

problem-clock_skew-title = Eine Uhr geht falsch
problem-clock_skew-what = Die Uhr eines Domänencontrollers weicht von unserer ab. Es wird nichts zurückgehalten.
problem-clock_skew-cure = Der Betreiber synchronisiert die Uhren der Domänencontroller und des Rechners, auf dem dieses Produkt läuft. Ab fünf Minuten Abweichung können sich Personen nicht mehr mit Kerberos anmelden.

problem-replicating-title = Die Domänencontroller des Verzeichnisses stimmen noch nicht überein
problem-replicating-what = Die Änderung wurde einem anderen Domänencontroller des Verzeichnisses mitgeteilt, und der verwendete kennt sie noch nicht.
problem-replicating-cure = Abwarten genügt – es wird von selbst erneut danach gesucht. Bleibt es dabei, prüft der Betreiber die Replikation zwischen den Domänencontrollern.

problem-waiting-title = Etwas anderes kommt zuerst
problem-waiting-what = Ein anderes Objekt muss zuerst vorhanden sein und ist es noch nicht.
problem-waiting-cure = Abwarten genügt – es wird von selbst erneut versucht. Bleibt es dabei, suchen Sie nach einem fehlgeschlagenen Objekt desselben Kunden.

problem-busy-title = Das Verzeichnis ist ausgelastet
problem-busy-what = Das Verzeichnis hat einen vorübergehenden Fehler gemeldet.
problem-busy-cure = Abwarten genügt – es wird von selbst erneut versucht. Ist es am Ende fehlgeschlagen, prüft der Betreiber die Auslastung des Domänencontrollers und wiederholt dann den Auftrag.

problem-changed_meanwhile-title = Es wurde im selben Moment geändert
problem-changed_meanwhile-what = Jemand hat das Objekt im Verzeichnis geändert oder entfernt, während daran gearbeitet wurde.
problem-changed_meanwhile-cure = Abwarten genügt – es wird von selbst geprüft und erneut versucht. Ist es am Ende fehlgeschlagen, stellen Sie fest, wer es sonst noch ändert, und wiederholen Sie dann den Auftrag.

problem-name_taken-title = Der Name ist vergeben
problem-name_taken-what = Ein anderes Objekt des Verzeichnisses, das nicht zu diesem Produkt gehört, hat diese Angabe bereits: { $attribute }{ $value }.
problem-name_taken-cure = Vergeben Sie einen anderen Namen und wiederholen Sie dann den Auftrag.

problem-invalid_value-title = Das Verzeichnis akzeptiert einen Wert nicht
problem-invalid_value-what = Das Verzeichnis akzeptiert diese Angabe nicht: { $attribute }{ $value }.
problem-invalid_value-cure = Ändern Sie den Wert und wiederholen Sie dann den Auftrag.

problem-password_policy-title = Das Kennwort ist dem Verzeichnis zu schwach
problem-password_policy-what = Das gewählte Kennwort entspricht nicht den Kennwortregeln des Verzeichnisses.
problem-password_policy-cure = Wählen Sie ein anderes Kennwort: länger, mit Großbuchstaben, Ziffern und Sonderzeichen, ohne Ihren Namen und noch nie verwendet. Manche Verzeichnisse erlauben nur eine Änderung am Tag.

problem-first_password = Das erste Kennwort des Kontos ist damit verloren: Die Person wählt eines über den Link, und ein neuer Versuch legt das Konto ohne es an.
problem-secret_expired-title = Das Kennwort hat zu lange gewartet
problem-secret_expired-what = Das Verzeichnis war so lange nicht erreichbar, dass das wartende Kennwort zur Sicherheit vernichtet wurde.
problem-secret_expired-cure = Bitten Sie um einen neuen Link und wählen Sie erneut ein Kennwort.

problem-insufficient_rights-title = Im Verzeichnis fehlt ein Recht
problem-insufficient_rights-what = Dem Konto, mit dem dieses Produkt arbeitet, fehlt ein Recht im Verzeichnis, oder das Objekt ist dagegen geschützt.
problem-insufficient_rights-cure = Der Betreiber führt die Prüfung des Verzeichnisses aus und erteilt die dort genannten Rechte, oder er hebt den Löschschutz des Objekts auf; dann wiederholt er den Auftrag.

problem-outside_folder-title = Das Objekt liegt außerhalb unseres Ordners
problem-outside_folder-what = Das Objekt liegt nicht in dem Teil des Verzeichnisses, der diesem Produkt zugewiesen wurde.
problem-outside_folder-cure = Der Betreiber verschiebt das Objekt zurück und wiederholt dann den Auftrag.

problem-protected-title = Das Objekt ist geschützt
problem-protected-what = Das Objekt steht auf der Liste dessen, was dieses Produkt nie antastet.
problem-protected-cure = Der Betreiber nimmt es von der Liste, wenn das richtig ist, und wiederholt dann den Auftrag.

problem-not_empty-title = Der Container ist nicht leer
problem-not_empty-what = Der Container enthält Objekte, die nicht zu diesem Produkt gehören und nicht entfernt werden können; oder es handelt sich um eine Gruppe, die jemandes primäre Gruppe ist.
problem-not_empty-cure = Der Betreiber verschiebt diese Objekte an einen anderen Ort oder gibt diesen Personen eine andere primäre Gruppe und wiederholt dann den Auftrag.

problem-not_verified-title = Das Verzeichnis zeigt nicht, was geschrieben wurde
problem-not_verified-what = Das Verzeichnis hat die Änderung angenommen und danach hier einen anderen Stand gezeigt: { $attribute }.
problem-not_verified-cure = Der Betreiber stellt fest, was die Änderung zurücknimmt, etwa ein Skript oder ein Replikat, und wiederholt dann den Auftrag.

problem-member_missing-title = Ein Mitglied ist im Verzeichnis nicht vorhanden
problem-member_missing-what = Eine Person, die in der Gruppe sein soll, hat kein Konto im Verzeichnis, oder es wurde dort entfernt.
problem-member_missing-cure = Der Betreiber stellt das Konto wieder her oder nimmt die Person aus der Gruppe und wiederholt dann den Auftrag.

problem-group_rule-title = Die Gruppe nimmt dieses Mitglied nicht auf
problem-group_rule-what = Die Regeln des Verzeichnisses erlauben dieses Mitglied in dieser Art von Gruppe nicht: Die Arten passen nicht zueinander, sie gehören zu verschiedenen Domänen, oder eine Gruppe würde sich selbst enthalten.
problem-group_rule-cure = Der Betreiber ändert den Typ der Gruppe oder entfernt das Mitglied und wiederholt dann den Auftrag.

problem-size_limit-title = Eine Grenze des Verzeichnisses ist erreicht
problem-size_limit-what = Das Verzeichnis lässt nicht mehr oder nichts Größeres zu: eine Grenze für Werte, für die Größe eines Objekts oder für die Objekte, die ein Konto besitzen darf ({ $attribute }{ $value }).
problem-size_limit-cure = Der Betreiber erhöht die Grenze oder das Kontingent, das die Meldung des Verzeichnisses nennt, und wiederholt dann den Auftrag.

problem-ids_exhausted-title = Das Verzeichnis hat keine Nummern für neue Konten
problem-ids_exhausted-what = Der Domänencontroller hat seine Nummern für neue Konten aufgebraucht und erhält keine neuen, weil der Domänencontroller, der sie vergibt, nicht antwortet. Es wurde mehrmals versucht.
problem-ids_exhausted-cure = Der Betreiber nimmt den Domänencontroller mit der Rolle des RID-Masters wieder in Betrieb oder verschiebt diese Rolle und wiederholt dann den Auftrag.

problem-schema-title = Das Schema des Verzeichnisses passt nicht
problem-schema-what = Das Verzeichnis kennt dieses Attribut nicht oder nicht für diese Art von Objekt, oder es verlangt eines, das nicht angegeben wurde: { $attribute }.
problem-schema-cure = Der Betreiber erweitert das Schema oder wählt in der Konfiguration ein anderes Attribut und wiederholt dann den Auftrag.

problem-not_supported-title = Das Verzeichnis kann dies nicht
problem-not_supported-what = Dem Server fehlt etwas, das dieses Produkt benötigt; möglicherweise ist er kein Active-Directory-Domänencontroller, sondern etwa ein Gateway davor.
problem-not_supported-cure = Der Betreiber lässt urls direkt auf einen Domänencontroller einer unterstützten Version verweisen und wiederholt dann den Auftrag.

problem-other_server-title = Ein anderer Server muss dies tun
problem-other_server-what = Der Domänencontroller verweist auf einen anderen: Er ist schreibgeschützt, oder das Objekt gehört zu einer anderen Domäne.
problem-other_server-cure = Der Betreiber nennt in urls beschreibbare Domänencontroller der richtigen Domäne und wiederholt dann den Auftrag.

problem-unwilling-title = Die Regeln des Verzeichnisses lassen es nicht zu
problem-unwilling-what = Das Verzeichnis lässt diese Änderung nicht zu ({ $attribute }{ $value }): Es verwaltet die Angabe selbst, oder eine seiner Regeln verbietet die Änderung.
problem-unwilling-cure = Der Betreiber liest die Meldung des Verzeichnisses, hebt die darin genannte Regel oder den Schutz auf und wiederholt dann den Auftrag.

problem-target_error-title = Das Verzeichnis meldet einen internen Fehler
problem-target_error-what = Der Domänencontroller konnte die Änderung wegen eines eigenen Fehlers nicht ausführen. Es wurde mehrmals versucht.
problem-target_error-cure = Der Betreiber sieht im Ereignisprotokoll des Domänencontrollers zu diesem Zeitpunkt nach, behebt, was dort steht, und wiederholt dann den Auftrag.

problem-other_version-title = Es wurde von einer anderen Version dieses Produkts geschrieben
problem-other_version-what = Das Gewünschte wurde von einer neueren Version dieses Produkts gespeichert, und die arbeitende Version kann es nicht lesen.
problem-other_version-cure = Der Betreiber bringt alle Prozesse des Produkts auf dieselbe Version und wiederholt dann den Auftrag.

problem-gone-title = Es ist nicht mehr da
problem-gone-what = Was übernommen oder geprüft werden sollte, ist nicht mehr im Verzeichnis.
problem-gone-cure = Der Betreiber stellt fest, wohin es gekommen ist, bringt es zurück und wiederholt dann den Auftrag; oder er führt eine neue Bestandsaufnahme des Verzeichnisses durch.

problem-refused-title = Das Verzeichnis hat abgelehnt
problem-refused-what = Das Verzeichnis hat die Änderung aus einem eigenen Grund abgelehnt.
problem-refused-cure = Der Betreiber liest die Meldung des Verzeichnisses, ändert, was sie nennt, und wiederholt dann den Auftrag.

problem-hook_pending-title = Etwas anderes muss zuerst zustimmen
problem-hook_pending-what = Ein Hook des Dienstes wird gefragt, bevor das Verzeichnis geändert wird, und hat noch nicht zugestimmt.
problem-hook_pending-cure = Abwarten genügt – es geht von selbst weiter, wenn der Hook zustimmt. Zeigt der Hook selbst ein Problem, muss dieses gelöst werden.

problem-hook_refused-title = Ein Hook des Dienstes hat abgelehnt
problem-hook_refused-what = { $hook } hat mit der beigefügten Begründung abgelehnt.
problem-hook_refused-cure = Tun Sie, was die Begründung verlangt, oder wenden Sie sich an die für den Hook verantwortliche Stelle, und wiederholen Sie dann den Auftrag.

problem-hook_unreachable-title = Ein Hook des Dienstes antwortet nicht
problem-hook_unreachable-what = { $hook } wurde mehrmals aufgerufen und hat nicht geantwortet.
problem-hook_unreachable-cure = Der Betreiber bringt den Empfänger in Ordnung oder gibt dem Hook eine andere Adresse und wiederholt dann den Auftrag.

problem-hook_failed-title = Ein Hook des Dienstes ist fehlgeschlagen
problem-hook_failed-what = { $hook } hat mit einem Fehler geantwortet.
problem-hook_failed-cure = Der Betreiber sucht die Ursache beim Empfänger oder beim Befehl, behebt sie und wiederholt dann den Auftrag.

problem-mail_refused-title = Die E-Mail wurde abgelehnt
problem-mail_refused-what = Der Mailserver nimmt für die Adresse der Person keine E-Mails an, oder diese nicht; seine eigenen Worte sind angefügt.
problem-mail_refused-cure = Berichtigen Sie die E-Mail-Adresse der Person und senden Sie dann einen neuen Link.

problem-mail_unreachable-title = Die E-Mail konnte nicht gesendet werden
problem-mail_unreachable-what = Der Mailserver ist nicht erreichbar, lässt das Produkt nicht ein oder nimmt zurzeit nichts an; seine eigenen Worte sind angefügt. Es wird erneut versucht, bis der Link in der E-Mail abläuft, höchstens drei Tage lang.
problem-mail_unreachable-cure = Der Betreiber bringt den Mailserver oder den Abschnitt mail der Konfiguration in Ordnung; was wartet, läuft dann von selbst weiter, und was aufgegeben wurde, braucht einen neuen Link.

problem-mail_late-title = Die E-Mail kam zu spät
problem-mail_late-what = Der Link in der E-Mail wurde verwendet, ersetzt oder war zu alt, bevor sie gesendet werden konnte, oder die Person gibt es nicht mehr.
problem-mail_late-cure = Senden Sie einen neuen Link, falls die Person ihn noch braucht.

problem-clock_skew-ahead = Die Uhr von { $controller } geht gegenüber unserer { $seconds } Sekunden vor. Es wird nichts zurückgehalten.
problem-clock_skew-behind = Die Uhr von { $controller } geht gegenüber unserer { $seconds } Sekunden nach. Es wird nichts zurückgehalten.
problem-hook = Der Hook
problem-hook-named = Der Hook „{ $name }“

# Why the directory does not let our account in; completes the sentence above.
sign-in-wrong_password = Sein Kennwort ist falsch, weil es im Verzeichnis geändert wurde oder das Konto nicht mehr vorhanden ist
sign-in-password_expired = Sein Kennwort ist abgelaufen
sign-in-must_change = Sein Kennwort muss bei der nächsten Anmeldung geändert werden
sign-in-disabled = Es ist deaktiviert
sign-in-account_expired = Es ist abgelaufen
sign-in-locked = Es ist nach zu vielen falschen Kennwörtern gesperrt
sign-in-hours = Es darf sich zu dieser Tageszeit nicht anmelden
sign-in-place = Es darf sich von diesem Rechner aus nicht anmelden
sign-in-other = Sein Kennwort oder sein Zustand lässt es nicht zu

# What of an object is meant, inside a sentence.
attribute-value = Wert
attribute-logon_name = Anmeldename
attribute-principal_name = Benutzerprinzipalname
attribute-display_name = Anzeigename
attribute-given_name = Vorname
attribute-readers = Gruppe der Leseberechtigten
attribute-group_kind = Art der Gruppe

# Whose turn it is.
who-wait = niemand; es geht von selbst weiter
who-change_value = Helpdesk oder Kunde, dann *wiederholen*
who-choose_password = die Person, deren Kennwort es ist
who-ask_provider = der Betreiber, dann *wiederholen*
who-repair = der Betreiber; dann geht es von selbst weiter
