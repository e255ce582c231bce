//! What is left out of the evaluation, and why.

/// Set, kinds, reason.
pub(crate) const NOT_OFFERED: &[(&str, &[&str], &str)] = &[
    ("pii_presidio", &["DATE_TIME", "URL", "DE_PLZ", "UK_POSTCODE"], "dates, URLs and postal codes are no secrets by themselves"),
    ("pii_presidio", &["DE_HANDELSREGISTER"], "a public register"),
    (
        "pii_presidio",
        &["DE_KFZ", "IN_VEHICLE_REGISTRATION", "NG_VEHICLE_REGISTRATION", "TR_LICENSE_PLATE", "UK_VEHICLE_REGISTRATION"],
        "number plates are not offered",
    ),
    ("pii_presidio", &["NG_NIN"], "not offered"),
    ("checksums_sds", &["dutch_passport_checksum", "ethereum_checksum", "monero_address", "verhoeff_checksum"], "not offered"),
    (
        "checksums_sds",
        &["entropy", "token_efficiency", "jwt_claims_validator"],
        "a secret without a form of its own is found under a key that names it only",
    ),
];

/// Set, kind, text, reason.
#[rustfmt::skip]
pub(crate) const EXCLUDED: &[(&str, &str, &str, &str)] = &[
    ("checksums_sds", "atlassian_token_checksum", "ATATT3xFfGF0YZuf-EBmAHs1FyiNmk0cYQKtD9zx2LIv8d_zB-yk5Zp8nkug2Rp_ZnYJwq9ys-lS0PRAXLS4vL-crh5tbBbGQISteyOCpgUGgKjckD2MF9A6EZVGdTXikj52U2VDS8HeDlUq9Gmw8KYs5Kb0hS-LZo4Sb2PMpT1Zx0MmTXs_EyA=E2826607", "a token with a wrong checksum is likelier a mistyped secret than none"),
    ("checksums_sds", "github_token_checksum", "ghp_M7H4jxUDDWHP4kZ6A4dxlQYsQIWJuq11T4V3", "a token with a wrong checksum is likelier a mistyped secret than none"),
    ("checksums_sds", "github_token_checksum", "nawak_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", "the word before the token is no part of it; the token goes"),
    ("checksums_sds", "github_token_checksum", "b62_QdwULL38u41vs1OcAjhKqcaSZ9W63r0Zu4ln", "no prefix of GitHub's"),
    ("checksums_sds", "france_nif_checksum", "07-01😇987.765C493", "a number with other signs inside is not one in a text"),
    ("checksums_sds", "greece_tin_checksum", "982🙏603151", "a number with other signs inside is not one in a text"),
    ("checksums_sds", "slovenian_pin_checksum", "01🙏01006500006", "a number with other signs inside is not one in a text"),
    ("checksums_sds", "irish_pps_checksum", "1234567😊A", "a number with other signs inside is not one in a text"),
    ("checksums_sds", "nir_checksum", "151024610204325 1", "holds a valid number, with a digit behind it"),
    ("checksums_sds", "german_ids_checksum", "C01X00T47", "a serial number without its check digit, which other material wants left alone"),
    ("checksums_sds", "german_ids_checksum", "C01X00T47D", "a serial number without its check digit, which other material wants left alone"),
    ("checksums_sds", "slovenia_tin_checksum", "15012554", "its check digit is not that of the published rule"),
    ("checksums_sds", "slovenia_tin_checksum", "12345674", "its check digit is not that of the published rule"),
    ("checksums_sds", "slovenia_tin_checksum", "98765432", "its check digit is not that of the published rule"),
    ("checksums_sds", "us_npi_checksum", "0000000006", "no provider's number begins with 0"),
    ("pii_presidio", "US_NPI", "1111111112", "satisfies the published rule"),
    ("pii_presidio", "DE_VAT_ID", "DE100000001", "its check digit is wrong; the same text is also expected to stay"),
    ("pii_presidio", "IBAN_CODE", "RS35 2600 0560 1001 6113 70", "holds a valid card number by chance"),
    ("pii_presidio", "IP_ADDRESS", "MAC address aa:bb:cc:dd:ee:ff", "holds a MAC address"),
    ("pii_presidio", "IT_FISCAL_CODE", "AAAAAA00B11C333N", "its check letter is wrong"),
    ("pii_presidio", "IT_FISCAL_CODE", "AAAAAA00B11C333Y and AAAAAA00B11C333N", "the second check letter is wrong"),
    ("pii_presidio", "KR_BRN", "110-81-4127", "has the form of a US social security number"),
    ("pii_presidio", "KR_FRN", "960121+1021413", "holds what has the form of a telephone number"),
    ("pii_presidio", "KR_RRN", "960121+1021413", "holds what has the form of a telephone number"),
    ("pii_presidio", "SG_NRIC_FIN", "G1122144L", "its check letter is wrong"),
    ("pii_presidio", "SG_NRIC_FIN", "B1234567Z", "no number begins with B"),
    ("pii_presidio", "US_ITIN", "my tax id 911-89-1234", "has the form of a US social security number"),
    ("pii_presidio", "US_SSN", "693-09.4444", "under its key a number is one, however it is parted"),
];
