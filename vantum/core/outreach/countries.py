"""Countries by the names and codes that lists use: English, German, two letters, three letters.

Source: ISO 3166-1, with XK for Kosovo as numbering plans have it. One line a country: codes, and names
with strokes between.
"""

from __future__ import annotations

from typing import Final

from vantum.core.outreach.cells import folded

_TABLE: Final = """
AD AND Andorra
AE ARE United Arab Emirates/UAE/Vereinigte Arabische Emirate/VAE
AF AFG Afghanistan
AG ATG Antigua and Barbuda/Antigua und Barbuda
AI AIA Anguilla
AL ALB Albania/Albanien
AM ARM Armenia/Armenien
AO AGO Angola
AR ARG Argentina/Argentinien
AS ASM American Samoa/Amerikanisch-Samoa
AT AUT Austria/Österreich/Osterreich/A
AU AUS Australia/Australien
AW ABW Aruba
AX ALA Aland Islands/Åland
AZ AZE Azerbaijan/Aserbaidschan
BA BIH Bosnia and Herzegovina/Bosnien und Herzegowina/Bosnia/Bosnien
BB BRB Barbados
BD BGD Bangladesh/Bangladesch
BE BEL Belgium/Belgien
BF BFA Burkina Faso
BG BGR Bulgaria/Bulgarien
BH BHR Bahrain
BI BDI Burundi
BJ BEN Benin
BL BLM Saint Barthelemy
BM BMU Bermuda
BN BRN Brunei/Brunei Darussalam
BO BOL Bolivia/Bolivien
BQ BES Bonaire/Caribbean Netherlands
BR BRA Brazil/Brasilien/Brasil
BS BHS Bahamas/The Bahamas
BT BTN Bhutan
BW BWA Botswana/Botsuana
BY BLR Belarus/Weissrussland
BZ BLZ Belize
CA CAN Canada/Kanada
CC CCK Cocos Islands
CD COD DR Congo/Democratic Republic of the Congo/Demokratische Republik Kongo
CF CAF Central African Republic/Zentralafrikanische Republik
CG COG Congo/Kongo
CH CHE Switzerland/Schweiz/Suisse/Svizzera
CI CIV Ivory Coast/Cote d'Ivoire/Elfenbeinküste
CK COK Cook Islands/Cookinseln
CL CHL Chile
CM CMR Cameroon/Kamerun
CN CHN China/People's Republic of China/Volksrepublik China
CO COL Colombia/Kolumbien
CR CRI Costa Rica
CU CUB Cuba/Kuba
CV CPV Cape Verde/Cabo Verde/Kap Verde
CW CUW Curacao
CX CXR Christmas Island
CY CYP Cyprus/Zypern
CZ CZE Czech Republic/Czechia/Tschechien/Tschechische Republik
DE DEU Germany/Deutschland/Federal Republic of Germany/Bundesrepublik Deutschland/BRD/GER/D
DJ DJI Djibouti/Dschibuti
DK DNK Denmark/Dänemark
DM DMA Dominica
DO DOM Dominican Republic/Dominikanische Republik
DZ DZA Algeria/Algerien
EC ECU Ecuador
EE EST Estonia/Estland
EG EGY Egypt/Ägypten
EH ESH Western Sahara/Westsahara
ER ERI Eritrea
ES ESP Spain/Spanien/España
ET ETH Ethiopia/Äthiopien
FI FIN Finland/Finnland
FJ FJI Fiji/Fidschi
FK FLK Falkland Islands/Falklandinseln
FM FSM Micronesia/Mikronesien
FO FRO Faroe Islands/Färöer
FR FRA France/Frankreich
GA GAB Gabon/Gabun
GB GBR United Kingdom/UK/Great Britain/Britain/Vereinigtes Königreich/Großbritannien/England/Scotland/Wales
GB GBR Northern Ireland/Schottland/Nordirland
GD GRD Grenada
GE GEO Georgia/Georgien
GF GUF French Guiana/Französisch-Guayana
GG GGY Guernsey
GH GHA Ghana
GI GIB Gibraltar
GL GRL Greenland/Grönland
GM GMB Gambia/The Gambia
GN GIN Guinea
GP GLP Guadeloupe
GQ GNQ Equatorial Guinea/Äquatorialguinea
GR GRC Greece/Griechenland
GT GTM Guatemala
GU GUM Guam
GW GNB Guinea-Bissau
GY GUY Guyana
HK HKG Hong Kong/Hongkong
HN HND Honduras
HR HRV Croatia/Kroatien
HT HTI Haiti
HU HUN Hungary/Ungarn
ID IDN Indonesia/Indonesien
IE IRL Ireland/Republic of Ireland/Irland
IL ISR Israel
IM IMN Isle of Man
IN IND India/Indien
IO IOT British Indian Ocean Territory
IQ IRQ Iraq/Irak
IR IRN Iran
IS ISL Iceland/Island
IT ITA Italy/Italien/Italia
JE JEY Jersey
JM JAM Jamaica/Jamaika
JO JOR Jordan/Jordanien
JP JPN Japan
KE KEN Kenya/Kenia
KG KGZ Kyrgyzstan/Kirgisistan
KH KHM Cambodia/Kambodscha
KI KIR Kiribati
KM COM Comoros/Komoren
KN KNA Saint Kitts and Nevis
KP PRK North Korea/Nordkorea
KR KOR South Korea/Republic of Korea/Korea/Südkorea
KW KWT Kuwait
KY CYM Cayman Islands/Kaimaninseln
KZ KAZ Kazakhstan/Kasachstan
LA LAO Laos
LB LBN Lebanon/Libanon
LC LCA Saint Lucia
LI LIE Liechtenstein
LK LKA Sri Lanka
LR LBR Liberia
LS LSO Lesotho
LT LTU Lithuania/Litauen
LU LUX Luxembourg/Luxemburg
LV LVA Latvia/Lettland
LY LBY Libya/Libyen
MA MAR Morocco/Marokko
MC MCO Monaco
MD MDA Moldova/Moldau/Moldawien
ME MNE Montenegro
MF MAF Saint Martin
MG MDG Madagascar/Madagaskar
MH MHL Marshall Islands/Marshallinseln
MK MKD North Macedonia/Macedonia/Nordmazedonien/Mazedonien
ML MLI Mali
MM MMR Myanmar/Burma
MN MNG Mongolia/Mongolei
MO MAC Macao/Macau
MP MNP Northern Mariana Islands
MQ MTQ Martinique
MR MRT Mauritania/Mauretanien
MS MSR Montserrat
MT MLT Malta
MU MUS Mauritius
MV MDV Maldives/Malediven
MW MWI Malawi
MX MEX Mexico/Mexiko/México
MY MYS Malaysia
MZ MOZ Mozambique/Mosambik
NA NAM Namibia
NC NCL New Caledonia/Neukaledonien
NE NER Niger
NF NFK Norfolk Island
NG NGA Nigeria
NI NIC Nicaragua
NL NLD Netherlands/The Netherlands/Holland/Niederlande/Nederland
NO NOR Norway/Norwegen
NP NPL Nepal
NR NRU Nauru
NU NIU Niue
NZ NZL New Zealand/Neuseeland
OM OMN Oman
PA PAN Panama
PE PER Peru
PF PYF French Polynesia/Französisch-Polynesien
PG PNG Papua New Guinea/Papua-Neuguinea
PH PHL Philippines/Philippinen
PK PAK Pakistan
PL POL Poland/Polen/Polska
PM SPM Saint Pierre and Miquelon
PR PRI Puerto Rico
PS PSE Palestine/Palästina
PT PRT Portugal
PW PLW Palau
PY PRY Paraguay
QA QAT Qatar/Katar
RE REU Reunion
RO ROU Romania/Rumänien
RS SRB Serbia/Serbien
RU RUS Russia/Russian Federation/Russland
RW RWA Rwanda/Ruanda
SA SAU Saudi Arabia/Saudi-Arabien
SB SLB Solomon Islands/Salomonen
SC SYC Seychelles/Seychellen
SD SDN Sudan
SE SWE Sweden/Schweden
SG SGP Singapore/Singapur
SH SHN Saint Helena
SI SVN Slovenia/Slowenien
SJ SJM Svalbard
SK SVK Slovakia/Slowakei
SL SLE Sierra Leone
SM SMR San Marino
SN SEN Senegal
SO SOM Somalia
SR SUR Suriname
SS SSD South Sudan/Südsudan
ST STP Sao Tome and Principe
SV SLV El Salvador
SX SXM Sint Maarten
SY SYR Syria/Syrien
SZ SWZ Eswatini/Swaziland
TC TCA Turks and Caicos Islands
TD TCD Chad/Tschad
TG TGO Togo
TH THA Thailand
TJ TJK Tajikistan/Tadschikistan
TK TKL Tokelau
TL TLS East Timor/Timor-Leste/Osttimor
TM TKM Turkmenistan
TN TUN Tunisia/Tunesien
TO TON Tonga
TR TUR Turkey/Türkiye/Türkei
TT TTO Trinidad and Tobago/Trinidad und Tobago
TV TUV Tuvalu
TW TWN Taiwan
TZ TZA Tanzania/Tansania
UA UKR Ukraine
UG UGA Uganda
US USA United States/United States of America/America/Vereinigte Staaten/Vereinigte Staaten von Amerika/Amerika
UY URY Uruguay
UZ UZB Uzbekistan/Usbekistan
VA VAT Vatican City/Vatikanstadt/Vatikan
VC VCT Saint Vincent and the Grenadines
VE VEN Venezuela
VG VGB British Virgin Islands
VI VIR US Virgin Islands
VN VNM Vietnam/Viet Nam
VU VUT Vanuatu
WF WLF Wallis and Futuna
WS WSM Samoa
XK XKX Kosovo
YE YEM Yemen/Jemen
YT MYT Mayotte
ZA ZAF South Africa/Südafrika
ZM ZMB Zambia/Sambia
ZW ZWE Zimbabwe/Simbabwe
"""


def _key(name: str) -> str:
    """Without spaces, so that "U.S.A." is "usa" too."""
    return folded(name).replace(" ", "")


def _codes() -> dict[str, str]:
    found = {}
    for line in _TABLE.strip().splitlines():
        code, three, names = line.split(" ", 2)
        found.update({_key(name): code for name in (code, three, *names.split("/"))})
    return found


_CODES: Final = _codes()


def country_code(text: str) -> str | None:
    """The two letters of a country by a name or a code of it; None for what is no country."""
    return _CODES.get(_key(text))
