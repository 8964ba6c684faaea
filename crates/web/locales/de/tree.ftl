# Customers as a tree.

tree-table = Tabelle
tree-tree = Baum
tree-ways = Tabelle oder Baum
tree-customers = { $n ->
    [one] { $n } Kunde
   *[other] { $n } Kunden
}
tree-people = { $n ->
    [one] { $n } Person
   *[other] { $n } Personen
}
tree-open = Anzeigen, was unter { $name } liegt
tree-more = Mehr anzeigen
tree-whole = Alles direkt unter { $name }
tree-all = Alle auf oberster Ebene
tree-tops = Hier stehen nur die ersten { $n }; die Tabelle enthält alle
tree-as-table = Kunden von { $name } als Tabelle
tree-none = Darunter liegt noch nichts. Ein bestellter Kunde erscheint hier.
