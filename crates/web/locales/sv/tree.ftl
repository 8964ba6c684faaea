# Customers as a tree.

tree-table = Tabell
tree-tree = Träd
tree-ways = Tabell eller träd
tree-customers = { $n ->
    [one] { $n } kund
   *[other] { $n } kunder
}
tree-people = { $n ->
    [one] { $n } person
   *[other] { $n } personer
}
tree-open = Visa vad som ligger under { $name }
tree-more = Visa fler
tree-whole = Allt direkt under { $name }
tree-all = Alla överst
tree-tops = Här visas bara de första { $n }; tabellen har alla
tree-as-table = Kunder hos { $name } som tabell
tree-none = Här ligger inget under ännu. En kund som beställs visas här.
