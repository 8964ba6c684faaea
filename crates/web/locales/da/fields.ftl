# Egne felter for personer.
custom-yes = Ja
custom-no = Nej
custom-none = (ingen)
custom-choose = Vælg
custom-pattern = På formen { $pattern }.
custom-chars = { $min } til { $max } tegn.
custom-chars-most =
    { $max ->
        [one] Ét tegn.
       *[other] Højst { $max } tegn.
    }
custom-number = Et tal, som 12.5.
custom-between = Fra { $min } til { $max }.
custom-least = Fra og med { $min }.
custom-most = Til og med { $max }.
custom-any = { $field }: alle
custom-whole = { $field }: hele værdien
field-fields_emptied = Værdier, der ikke længere spørges om – de afkrydsede fjernes
field-external_id = Nøgle i den nye kundes eget system

# At definere dem.
custom-tab = Egne felter
custom-of = Egne felter for
custom-lead = Hvad der spørges om hos personer ud over det, produktet selv kender. Det gælder her og for alle nedenunder.
custom-empty = Der spørges ikke om noget endnu.
custom-column-person = For personen
custom-column-attribute = I kataloget
custom-column-origin = Defineret
custom-needed = Kræves
custom-retired = Udgået
custom-new = Nyt felt
custom-define = Definer
custom-define-hint = Nøgle, type og attribut ændres aldrig.
custom-change-hint = De værdier, personer har, bliver, som de er, indtil de ændres.
custom-rules = Hvad en værdi skal opfylde
custom-retire = Lad udgå
custom-restore = Spørg om det igen
custom-retire-hint = Hvad der er udgået, spørges der ikke om mere. Værdierne bliver og vises.
custom-nowhere = Ingen steder
custom-flag-required = Personer skal have en værdi
custom-flag-copied = Følger med til den, der oprettes som en anden
custom-kind-text = Tekst
custom-kind-number = Tal
custom-kind-date = Dag
custom-kind-choice = Valg
custom-kind-yes_no = Ja eller nej
custom-person-hidden = Skjult
custom-person-sees = Ser det
custom-person-edits = Ændrer det
field-custom-label = Navn
field-custom-key = Nøgle, til filer og programmer
field-custom-kind = Type
field-custom-attribute = Attribut i kataloget, der viser det
field-custom-person = Hvad personer gør med deres egen værdi
field-custom-flags = Mere
field-custom-rules-min_chars = Tekst: mindst så mange tegn
field-custom-rules-max_chars = Tekst: højst så mange tegn
field-custom-rules-pattern = Tekst: regulært udtryk for hele værdien
field-custom-rules-min = Tal eller dag: mindste
field-custom-rules-max = Tal eller dag: største
field-custom-rules-choices = Valg: én værdi pr. linje
