//! Writes the inputs the fuzzer begins with: `cargo run -p hostile --example seeds`. The same files
//! every time; what the fuzzer found stands beside them and is left alone.

use std::{fs, io, path::Path};

use domain::import::own_headings;
use hostile::{
    TARGETS,
    made::{self, Entry},
};
use sheet::{CsvWriter, XlsxWriter};

type Seeds = Vec<(&'static str, &'static str, Vec<u8>)>;

fn main() -> io::Result<()> {
    for target in TARGETS {
        fs::create_dir_all(target.corpus())?;
    }
    for (target, name, bytes) in [texts(), parts(), people(), words()].concat() {
        fs::write(hostile::corpora().join(target).join(name), bytes)?;
    }
    let others = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sheet/tests/corpus");
    for name in ["xlwt.xls", "openpyxl.xlsx", "odfpy.ods", "text.odt", "password.xlsx"] {
        fs::copy(others.join(name), hostile::corpora().join("sheet").join(name))?;
    }
    Ok(())
}

fn texts() -> Seeds {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    vec![
        ("csv", "comma", b"a,b,c\r\n1,\"two\r\nlines\",3\r\n,,\r\n4,5\" pipe,'=6\r\n".to_vec()),
        ("csv", "semicolon", "name;city\nSøren;Køge\n\n;\u{A0}\nÅse;\"a;b\"".into()),
        ("csv", "western", b"name\tcity\r\nS\xF8ren\tK\xF8ge\r\nJ\xFCrgen\tGro\xDF\r\n".to_vec()),
        ("csv", "eastern", b"name|city\n\xA3ukasz|\xA3\xF3d\x9F\n".to_vec()),
        ("csv", "utf16", wide("\u{FEFF}name\tcity\r\nÅse\tŁódź\r\n")),
        ("csv", "said", b"sep=|\r\na|b,c\r\n1|2\r\n".to_vec()),
        ("csv", "open_quote", b"a,b\n1,\"2\n3,4\n".to_vec()),
        ("csv", "control", b"a,b\n1,\0\n".to_vec()),
        ("sheet", "text", "\u{FEFF}a,b\n1,2\n".into()),
        ("sheet", "html", b"<html><table>".to_vec()),
        ("sheet", "nothing", b" \r\n".to_vec()),
        ("written", "cells", "a\u{1F}'=b\u{1F}c,d\u{1E}sep=;\u{1E}\u{1F}\u{1F}_x000D_\u{1F}_x005F_".into()),
        ("written", "texts", "Åse \"Å\"\u{1F}two\r\nlines\u{1E}<html>\u{1F}＝1\u{1F}\t\u{1E}😀".into()),
    ]
}

fn parts() -> Seeds {
    const ROWS: &str = r#"<row r="1"><c r="A1" t="s" s="1"><v>0</v></c><c t="inlineStr"><is><t>x &amp; y</t><rPh><t>no</t></rPh></is></c></row><row r="3"><c s="2"><v>46387.5</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c t="str"><f>A1&amp;B1</f><v>ab</v></c><c><f>NOW()</f></c><c t="d"><v>2026-12-31T00:00:00</v></c></row>"#;
    const SHARED: &str =
        "<sst><si><t>shared _x000D_ text</t></si><si><r><t>rich</t></r><r><t> text</t></r></si></sst>";
    const STYLES: &str = r#"<styleSheet><numFmts><numFmt numFmtId="200" formatCode="[h]:mm"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="200"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;
    const BOOK: &str = r#"<workbook><workbookPr date1904="1"/><sheets><sheet name="h" state="hidden" r:id="a"/><sheet name="s" r:id="a"/></sheets></workbook>"#;
    const TABLE: &str = r#"<table:table table:name="n"><table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="3" office:value-type="string"><text:p>a<text:s text:c="2"/>b</text:p><text:p>c</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="1.5"><text:p>1,5</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2026-12-31"/><table:table-cell office:value-type="time" office:time-value="PT18H05M00S"/><table:table-cell office:value-type="boolean" office:boolean-value="true"/></table:table-row></table:table>"#;
    let hidden = made::content(TABLE).replace("<office:body>", "<style:style style:name=\"h\"><style:table-properties table:display=\"false\"/></style:style><office:body>");
    let globals = [
        made::record(0x0022, &[1, 0]),
        made::record(0x041E, b"\xC8\0\x05\0\0dd.mm"),
        made::record(0x00E0, &[0, 0, 0xC8, 0]),
        made::record(0x00FC, b"\x01\0\0\0\x01\0\0\0\x03\0\0one"),
    ]
    .concat();
    let cells = [
        made::label(0, 0, "Åse"),
        made::number(0, 1, 46_387.5),
        made::record(0x00FD, &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        made::record(0x027E, &[1, 0, 1, 0, 0, 0, 0x46, 0, 0, 0]),
        made::record(0x0205, &[1, 0, 2, 0, 0, 0, 7, 1]),
        made::record(0x0006, &[1, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0]),
        made::record(0x0207, b"\x02\0\0ab"),
        made::record(0x00BD, &[2, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 10, 0, 0, 0, 1, 0]),
    ]
    .concat();
    let stream = {
        let file = made::xls(&globals, &cells, None);
        // The stream begins behind the head, the table and the directory.
        file[3 * 512..].to_vec()
    };
    let stored = |content: String| made::zip(&[Entry::stored("content.xml", content.as_bytes())]);
    vec![
        ("xlsx", "rows", ROWS.as_bytes().to_vec()),
        ("xlsx", "all", [ROWS, SHARED, STYLES, BOOK].join("\0").into_bytes()),
        ("ods", "table", TABLE.as_bytes().to_vec()),
        ("ods", "hidden", hidden.into_bytes()),
        (
            "ods",
            "sealed",
            format!("{TABLE}\0<m><file-entry><encryption-data/></file-entry></m>").into_bytes(),
        ),
        ("xls", "cells", cells.clone()),
        ("xls", "book", stream),
        ("sheet", "made.xlsx", made::xlsx(ROWS, "<si><t>a</t></si>")),
        ("sheet", "made.ods", stored(made::content(TABLE))),
        ("sheet", "made.xls", made::xls(&globals, &cells, None)),
    ]
}

fn people() -> Seeds {
    const MICROSOFT: &str = "version:v1.0\nName [displayName] Required,User name [userPrincipalName] Required,Initial password [passwordProfile] Required,Block sign in (Yes/No) [accountEnabled] Required,First name [givenName],Last name [surname],Job title [jobTitle],Department [department],Usage location [usageLocation],Street address [streetAddress],Mobile phone [mobile]\nExample: Chris Green,chris@contoso.com,myPassword1234,No,Chris,Green,IT Manager,IT,US,1 Street,555\nÅse Berg,ase@acme.test,S3cret!!x,No,Åse,Berg,Boss,Økonomi,DK,\"Vej 1\nBagh.\",+45 12 34 56 78\n";
    const DIRECTORY: &str = "sAMAccountName;userPrincipalName;displayName;memberOf;manager;userAccountControl;accountExpires;pwdLastSet;proxyAddresses;description\nACME\\anna;anna@acme.test;Anna Berg;CN=Sales\\, EMEA,OU=G,DC=a,DC=t;CN=Åse Berg,OU=P,DC=a,DC=t;514;133805952000000000;0;SMTP:Anna@acme.test smtp:ab@acme.test sip:anna@acme.test;x\nase;ase@acme.test;Åse Berg;;;0x200;9223372036854775807;-1;;#1\n";
    const PLAIN: &str = "Vorname\tNachname\tE-Mail\tTelefon\tAbteilung\tVorgesetzter\tAktiv\tAblaufdatum\tGruppen\tLand\nJürgen\tGroß\tj.gross@acme.test\t0049 30 1\tEinkauf\tKäthe Groß\tja\t31.12.2026\tAlle|VPN\tDeutschland\nKäthe\tGroß\tk.gross@acme.test\t1,23E+10\tEinkauf\tJürgen Groß\tnein\t03-04-2026\t\tDE\n#N/A\t\t\t\t\t\t\t\t\t\n";
    const HALVES: &str = "mail_nickname,mail_domain,given_name,surname,external_id,badge,size,until,council,shirt,logon_hours,country\nanna,acme.test,Anna,Berg,00042,A-1,1.5,2026-12-31,yes,red,Mon-Fri 07:00-18:00,DK\n,,,,,,,,,,,\nben,@acme.test,Ben,Å,7,B-2,-3,31/12/2026,nej,grün,always,Danmark\n";
    const EXPORT: &str = "Customer Short Name;Full Name;Billing ID;Parent;Location\r\nACME;\"Acme\nShipping\";D-1001;north;OU=acme,DC=a\r\nbolt;Bolt;;;\r\n\u{1D}version:v1.0\nCustomer,User Name,UPN,External ID,Email\nExample: acme,x,x@example.com,,x\nacme,aberg,anna.berg@acme.test,P-7,a@acme.test\n\u{1D}Customer\tUser\tService\tUser Plan\nacme\tanna.berg@acme.test\tHosted Desktop\tStandard\nacme\t\tMail\t\n";
    let own = own_headings(&[]);
    let value = |heading: &String| match heading.as_str() {
        "principal_name" => "åse@acme.test".replace('å', "a"),
        "enabled" => "yes".to_owned(),
        "mail" => "ase@acme.test".to_owned(),
        "country" => "DK".to_owned(),
        "expires_at" => "2026-12-31T17:00:00Z".to_owned(),
        "logon_hours" => "Sat 08:00-12:00".to_owned(),
        "home_drive" => "H:".to_owned(),
        "groups" | "plans" | "bundles" => "one;two".to_owned(),
        "aliases" => "b@acme.test c@acme.test".to_owned(),
        "initials" => "ÅB".to_owned(),
        other => other.to_owned(),
    };
    let values: Vec<_> = own.iter().map(value).collect();
    let mut csv = CsvWriter::new(Vec::new()).expect("memory");
    let mut xlsx = XlsxWriter::new(Vec::new(), "People").expect("memory");
    for row in [&own, &values] {
        csv.row(row).and_then(|()| xlsx.row(row)).expect("memory");
    }
    let broken = "code,name\nacme,Acme\na,Tiny\nacme,Again\nbolt,B,too,many\n\u{1D}Customer,UPN\nnobody,x@a.test\nacme,\n\u{1D}user,plan\nx,y\n";
    vec![
        ("people_file", "microsoft", MICROSOFT.into()),
        ("people_file", "directory", DIRECTORY.into()),
        ("people_file", "plain", PLAIN.into()),
        ("people_file", "halves", HALVES.into()),
        ("people_file", "own", csv.finish().expect("memory")),
        ("people_file", "own.xlsx", xlsx.finish().expect("memory")),
        ("people_file", "unnamed", "anna@acme.test,Anna,Berg\nben@acme.test,Ben,Å\n".into()),
        ("migration", "export", EXPORT.into()),
        ("migration", "broken", broken.into()),
    ]
}

fn words() -> Seeds {
    const ORDER: &str = "reference = \"SO-1\"\nstart = \"2026-03-01\"\nnotice_period_days = 90\n\n[customer]\ncode = \"acme\"\nname = \"Acme GmbH\"\n\n[[services]]\nplan = \"desktop-standard\"\n\n[administrator]\ngiven_name = \"Anna\"\nsurname = \"Berg\"\n\n[[users]]\ngiven_name = \"Ben\"\nsurname = \"Å\"\nmail = 'b@acme.test'\n";
    const JSON: &str = "{\"reference\":\"1\",\"customer\":{\"code\":\"acme\"},\"users\":[{\"surname\":\"\\u00c5\",\"enabled\":true}]}";
    let mut png = b"\x89PNG\r\n\x1A\n".to_vec();
    for (kind, data) in
        [(b"IHDR", &[0, 0, 0, 64, 0, 0, 0, 64, 8, 6, 0, 0, 0][..]), (b"IDAT", &[0; 9]), (b"IEND", &[])]
    {
        png.extend(u32::try_from(data.len()).unwrap_or_default().to_be_bytes());
        png.extend(kind);
        png.extend(data);
        png.extend([0; 4]);
    }
    let cursor = domain::cursor::encode("people name", "anna berg", "usr_01jzk3v8x6f0p2m4q7r9s1t3vw");
    let text = |name, text: &str| ("text", name, text.as_bytes().to_vec());
    vec![
        ("order_file", "order.toml", ORDER.into()),
        ("order_file", "date", b"reference = \"1\"\nstart = 2026-03-01\n".to_vec()),
        ("order_file", "misspelled", b"[customer]\nupn_sufix = \"acme.example\"\n".to_vec()),
        ("order_file", "order.json", JSON.into()),
        ("order_file", "users.json", b"[{\"given_name\": \"Anna\"}, {\"enabled\": \"yes\"}]".to_vec()),
        ("picture", "icon", png.clone()),
        ("picture", "behind", [png, b"x".to_vec()].concat()),
        text("cursor", &cursor),
        text("id", "usr_01jzk3v8x6f0p2m4q7r9s1t3vw"),
        text("order", "-created"),
        text("hours", "Mon-Fri 07:00-18:00; Sat 8-12,13-17"),
        text("principal", "anna.berg@acme.example"),
        text("name", "A\u{30A}se O'Neill"),
        text("logon", "anna.b_acme"),
        text("colour", "#1d5c4d"),
        text("instant", "2026-12-31T18:00:00.5+01:00"),
        text("number", "-0001,50"),
        text("day", "2026-12-31"),
        text("url", "https://hooks.example.com:8443/a?b=c"),
        text("host", "Portal.Acme.Example."),
        text("template", "\\\\files\\{code}\\{logon_name}"),
        text("pattern", "{g}.{surname}"),
        text("expression", "[A-Z]{1,3}-[0-9]+(a|b)*"),
        text("lines", "one\r\ntwo  \n\nthree"),
        text("zone", "Europe/Copenhagen"),
        text("languages", "en, DE sv"),
        text("capital", "İİİİİİİİİİİİ"),
    ]
}
