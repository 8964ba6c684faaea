//! Countries as people write them: by name in four languages, or by the three letters of ISO 3166.

use std::{collections::HashMap, sync::LazyLock};

use super::heading::fold;

/// Two letters and three, one after the other (ISO 3166-1).
const LETTERS: &str = "\
    ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE \
    BABIH BBBRB BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS \
    BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN \
    COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST \
    EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF \
    GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD \
    HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM \
    JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA \
    LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD \
    MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM \
    NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG \
    PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA \
    SASAU SBSLB SCSYC SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD \
    STSTP SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON \
    TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR \
    VNVNM VUVUT WFWLF WSWSM YEYEM YTMYT ZAZAF ZMZMB ZWZWE";

/// Names in English, Danish, German and Swedish (CLDR), and what else is usual.
const NAMES: &[(&str, &str)] = &[
    ("DE", "Germany|Tyskland|Deutschland"),
    ("DK", "Denmark|Danmark|Dänemark"),
    ("SE", "Sweden|Sverige|Schweden"),
    ("NO", "Norway|Norge|Norwegen"),
    ("FI", "Finland|Finnland|Suomi"),
    ("IS", "Iceland|Island"),
    (
        "GB",
        "United Kingdom|Storbritannien|Vereinigtes Königreich|Great Britain|England|Scotland|Wales|Großbritannien|UK",
    ),
    ("IE", "Ireland|Irland|Republic of Ireland"),
    ("NL", "Netherlands|Nederlandene|Niederlande|Nederländerna|The Netherlands|Holland|Nederland"),
    ("BE", "Belgium|Belgien|Belgique|België"),
    ("LU", "Luxembourg|Luxemburg"),
    ("FR", "France|Frankrig|Frankreich|Frankrike"),
    ("ES", "Spain|Spanien|España"),
    ("PT", "Portugal"),
    ("IT", "Italy|Italien|Italia"),
    ("AT", "Austria|Østrig|Österreich|Österrike"),
    ("CH", "Switzerland|Schweiz|Suisse|Svizzera"),
    ("LI", "Liechtenstein"),
    ("PL", "Poland|Polen|Polska"),
    ("CZ", "Czechia|Tjekkiet|Tschechien|Tjeckien|Czech Republic|Tschechische Republik"),
    ("SK", "Slovakia|Slovakiet|Slowakei|Slovakien"),
    ("HU", "Hungary|Ungarn|Ungern"),
    ("RO", "Romania|Rumænien|Rumänien"),
    ("BG", "Bulgaria|Bulgarien"),
    ("GR", "Greece|Grækenland|Griechenland|Grekland"),
    ("CY", "Cyprus|Cypern|Zypern"),
    ("MT", "Malta"),
    ("HR", "Croatia|Kroatien"),
    ("SI", "Slovenia|Slovenien|Slowenien"),
    ("EE", "Estonia|Estland"),
    ("LV", "Latvia|Letland|Lettland"),
    ("LT", "Lithuania|Litauen"),
    ("UA", "Ukraine|Ukraina"),
    ("RS", "Serbia|Serbien"),
    (
        "BA",
        "Bosnia & Herzegovina|Bosnien-Hercegovina|Bosnien und Herzegowina|Bosnien och Hercegovina|Bosnia and Herzegovina",
    ),
    ("MK", "North Macedonia|Nordmakedonien|Nordmazedonien|Macedonia"),
    ("AL", "Albania|Albanien"),
    ("ME", "Montenegro"),
    ("XK", "Kosovo"),
    ("TR", "Türkiye|Tyrkiet|Türkei|Turkiet|Turkey"),
    ("RU", "Russia|Rusland|Russland|Ryssland|Russian Federation"),
    ("GL", "Greenland|Grønland|Grönland"),
    ("FO", "Faroe Islands|Færøerne|Färöer|Färöarna"),
    (
        "US",
        "United States|USA|Vereinigte Staaten|United States of America|Vereinigte Staaten von Amerika|Amerikas Forenede Stater",
    ),
    ("CA", "Canada|Kanada"),
    ("MX", "Mexico|Mexiko"),
    ("BR", "Brazil|Brasilien"),
    ("AR", "Argentina|Argentinien"),
    ("CL", "Chile"),
    ("CO", "Colombia|Kolumbien"),
    ("AU", "Australia|Australien"),
    ("NZ", "New Zealand|Neuseeland|Nya Zeeland"),
    ("CN", "China|Kina"),
    ("HK", "Hong Kong SAR China|SAR Hongkong|Sonderverwaltungsregion Hongkong|Hongkong SAR|Hong Kong"),
    ("TW", "Taiwan"),
    ("JP", "Japan"),
    ("KR", "South Korea|Sydkorea|Südkorea|Korea, Republic of"),
    ("IN", "India|Indien"),
    ("PK", "Pakistan"),
    ("BD", "Bangladesh|Bangladesch"),
    ("ID", "Indonesia|Indonesien"),
    ("MY", "Malaysia"),
    ("SG", "Singapore|Singapur"),
    ("TH", "Thailand"),
    ("VN", "Vietnam"),
    ("PH", "Philippines|Filippinerne|Philippinen|Filippinerna"),
    ("IL", "Israel"),
    ("SA", "Saudi Arabia|Saudi-Arabien"),
    (
        "AE",
        "United Arab Emirates|De Forenede Arabiske Emirater|Vereinigte Arabische Emirate|Förenade Arabemiraten|UAE",
    ),
    ("QA", "Qatar|Katar"),
    ("EG", "Egypt|Egypten|Ägypten"),
    ("MA", "Morocco|Marokko|Marocko"),
    ("TN", "Tunisia|Tunesien|Tunisien"),
    ("ZA", "South Africa|Sydafrika|Südafrika"),
    ("NG", "Nigeria"),
    ("KE", "Kenya|Kenia"),
    ("MD", "Moldova|Republik Moldau|Moldavien|Moldova, Republic of"),
    ("BY", "Belarus|Hviderusland|Weißrussland|Vitryssland"),
    ("GE", "Georgia|Georgien"),
    ("AM", "Armenia|Armenien"),
    ("AZ", "Azerbaijan|Aserbajdsjan|Aserbaidschan|Azerbajdzjan"),
    ("KZ", "Kazakhstan|Kasakhstan|Kasachstan|Kazakstan"),
    ("IR", "Iran"),
    ("IQ", "Iraq|Irak"),
    ("SY", "Syria|Syrien"),
    ("LB", "Lebanon|Libanon"),
    ("JO", "Jordan|Jordanien"),
    ("MC", "Monaco"),
    ("SM", "San Marino"),
    ("AD", "Andorra"),
];

/// The two letters by folded name and by three letters.
static CODES: LazyLock<HashMap<String, &str>> = LazyLock::new(|| {
    let letters = LETTERS.split(' ').map(|pair| (fold(&pair[2..]), &pair[..2]));
    let names = NAMES.iter().flat_map(|(code, names)| names.split('|').map(|name| (fold(name), *code)));
    letters.chain(names).collect()
});

/// The two letters of a country that is written in another way; none where it is not known.
pub(super) fn code(text: &str) -> Option<&'static str> {
    CODES.get(&fold(text)).copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn countries_are_known_by_name_and_by_three_letters() {
        for (text, two) in [
            ("Germany", "DE"),
            (" DEUTSCHLAND ", "DE"),
            ("Tyskland", "DE"),
            ("Österreich", "AT"),
            ("Danmark", "DK"),
            ("deu", "DE"),
            ("SWE", "SE"),
            ("UK", "GB"),
            ("United States of America", "US"),
            ("The Netherlands", "NL"),
        ] {
            assert_eq!(code(text), Some(two), "{text}");
        }
        for text in ["", "Atlantis", "DE", "xyz", "öä"] {
            assert_eq!(code(text), None, "{text}");
        }
    }

    #[test]
    fn no_letters_and_no_name_stand_for_two_countries() {
        let pairs: Vec<_> = LETTERS.split(' ').collect();
        assert_eq!(pairs.len(), 249, "as many as the standard has");
        let (two, three): (BTreeSet<_>, BTreeSet<_>) = pairs.iter().map(|pair| pair.split_at(2)).unzip();
        assert_eq!((two.len(), three.len()), (249, 249));
        assert!(pairs.iter().all(|pair| pair.len() == 5 && pair.bytes().all(|b| b.is_ascii_uppercase())));
        let mut names = BTreeSet::new();
        for (code, of) in NAMES {
            assert!(two.contains(code) || *code == "XK", "{code}");
            for name in of.split('|') {
                assert!(names.insert(fold(name)), "{name} stands twice");
            }
        }
    }
}
