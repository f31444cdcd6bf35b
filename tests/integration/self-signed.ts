/**
 * A certificate for localhost that nobody trusts, and its key, valid for a hundred years. Both are public and protect
 * nothing. Made by `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 …`.
 */
export const SELF_SIGNED = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgZfmKE+TPxInv998i
KQaejsABq4nTwvp/JyYNtTiSzL6hRANCAATy2hjmTCQ0fSd+6Nh/d7jctaGPa3Kf
ikOZJ1ZcUs843ouFLdzy/QddKPruRNaNMlkxJ8Lln0tkKvnXDmaTJlO3
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUXDM9HHCQwkTfSWt6QlufrhW0PBkwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzE3MjQzM1oYDzIxMjYxMDMw
MTcyNDMzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATy2hjmTCQ0fSd+6Nh/d7jctaGPa3KfikOZJ1ZcUs843ouFLdzy/Qdd
KPruRNaNMlkxJ8Lln0tkKvnXDmaTJlO3o28wbTAdBgNVHQ4EFgQUFcMkyy8sTkM9
4zLPxbZ8E02TKEIwHwYDVR0jBBgwFoAUFcMkyy8sTkM94zLPxbZ8E02TKEIwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSQAwRgIhALY4Siw4O53mgQeyBjgtKEQQX2uBBT3f4C2HrhOn85BjAiEA
x7Lg3ZrPbgWfJrAssFX8gYQB8TAALX+VCDZEZCNGyOw=
-----END CERTIFICATE-----`,
} as const;
