# Around every page, for whoever works in several tenants.
tenants = Kunde
tenants-choose = Kunden wählen

# Ordering a customer, and the order as it becomes real.
order-seller = Verkauft durch
order-seller-code = Code eines Wiederverkäufers
order-seller-choose = Wählen
order-code-free = Frei: { $code }
order-total = Zusammen
order-total-both = { $customer } im Monat, dazu { $person } für jede Person, die alles hat
order-total-nothing = Nichts, was einen Preis hat.
order-total-unknown = Manches davon hat hier keinen Preis.
order-price-person = { $price } im Monat für jede Person
order-price-customer = { $price } im Monat
order-steps = Schritte
order-retry = Behoben: noch einmal versuchen
order-retry-hint = Tun Sie zuerst, was oben steht; danach wird nur noch einmal versucht, was fehlgeschlagen ist.
step-fix = Wert ändern
field-seller = Wiederverkäufer

# The page of all components.
design-title = Gestaltung
design-parts = Teile der Seiten
design-hint = Jeder Baustein in jedem Zustand. Neue Seiten werden daraus gemacht.
design-buttons = Schaltflächen und Links
design-states = Zustände
design-request = Auftrag
design-step = Schritt
design-said = Was gesagt wird
design-waiting = Während etwas dauert
design-loading = Wird geladen
design-tables = Tabellen
design-pick = Auswählen
design-pick-one = { $name } auswählen
design-picked = Was mit den Ausgewählten geschieht
design-picked-n = { $n } ausgewählt
design-forms = Formulare
design-form-wrong = Ein Formular mit Fehlern
design-form-empty = Ein leeres Formular
design-asks = Bevor etwas verloren geht
design-dialog-open = Dialog öffnen
design-shown = Zahlen und Angaben
design-no-charts = Bilder von nichts
design-person = Ada Lovelace
design-customer = Acme
