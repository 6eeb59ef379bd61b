/**
 * The currencies that payments are taken in, by their codes in ISO 4217 as of 2026 (ANG has become XCG, and BGN is EUR). Amounts go to
 * the gateway as they are, in minor units; so those are left out whose minor unit the gateway (Stripe, "Supported currencies")
 * counts otherwise than ISO 4217: ISK, UGX, MGA, and those of three digits, whose last one must be 0 there (BHD, IQD, JOD, KWD,
 * LYD, OMR, TND).
 */
const codes = `
  AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BIF BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CVE CZK DJF
  DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR JMD JPY KES KGS KHR KMF KRW KYD KZT
  LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN PYG QAR
  RON RSD RUB RWF SAR SBD SCR SEK SGD SHP SLE SOS SRD SZL THB TJS TOP TRY TTD TWD TZS UAH USD UYU UZS VND VUV WST XAF XCD XCG
  XOF XPF YER ZAR ZMW`;

const currencies: ReadonlySet<string> = new Set(codes.trim().split(/\s+/));

export const isCurrency = (code: string): boolean => currencies.has(code);
