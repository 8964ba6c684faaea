# Egna fält för personer.
custom-yes = Ja
custom-no = Nej
custom-none = (inget)
custom-choose = Välj
custom-pattern = På formen { $pattern }.
custom-chars = { $min } till { $max } tecken.
custom-chars-most =
    { $max ->
        [one] Ett tecken.
       *[other] Högst { $max } tecken.
    }
custom-number = Ett tal, som 12.5.
custom-between = Från { $min } till { $max }.
custom-least = Från och med { $min }.
custom-most = Till och med { $max }.
custom-any = { $field }: alla
custom-whole = { $field }: hela värdet
field-fields_emptied = Värden som inte längre efterfrågas – de markerade tas bort
field-external_id = Nyckel i den nya kundens eget system

# Att definiera dem.
custom-tab = Egna fält
custom-of = Egna fält för
custom-lead = Vad som frågas om hos personer utöver det som produkten själv känner till. Det gäller här och för alla nedanför.
custom-empty = Inget frågas ännu.
custom-column-person = För personen
custom-column-attribute = I katalogen
custom-column-origin = Definierat
custom-needed = Krävs
custom-retired = Utgånget
custom-new = Nytt fält
custom-define = Definiera
custom-define-hint = Nyckel, typ och attribut ändras aldrig.
custom-change-hint = De värden som personer har blir kvar som de är tills de ändras.
custom-rules = Vad ett värde måste uppfylla
custom-retire = Låt utgå
custom-restore = Fråga efter det igen
custom-retire-hint = Det som har utgått frågas det inte efter längre. Värdena blir kvar och visas.
custom-nowhere = Ingenstans
custom-flag-required = Personer måste ha ett värde
custom-flag-copied = Följer med till den som skapas som någon annan
custom-kind-text = Text
custom-kind-number = Tal
custom-kind-date = Dag
custom-kind-choice = Val
custom-kind-yes_no = Ja eller nej
custom-person-hidden = Dolt
custom-person-sees = Ser det
custom-person-edits = Ändrar det
field-custom-label = Namn
field-custom-key = Nyckel, för filer och program
field-custom-kind = Typ
field-custom-attribute = Attribut i katalogen som visar det
field-custom-person = Vad personer gör med sitt eget värde
field-custom-flags = Mer
field-custom-rules-min_chars = Text: minsta antal tecken
field-custom-rules-max_chars = Text: högsta antal tecken
field-custom-rules-pattern = Text: reguljärt uttryck för hela värdet
field-custom-rules-min = Tal eller dag: minsta
field-custom-rules-max = Tal eller dag: största
field-custom-rules-choices = Val: ett värde per rad
