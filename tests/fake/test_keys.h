/* SPDX-License-Identifier: Apache-2.0 */
/* Keys for tests: whoever reads this has them, so they are worth nothing. */
#ifndef TESTS_FAKE_TEST_KEYS_H
#define TESTS_FAKE_TEST_KEYS_H

/* RFC 6979 A.2.5; its signatures are printed there. */
#define TEST_KEY_EC                                                            \
    "-----BEGIN PRIVATE KEY-----\n"                                            \
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgya+p2EW6dRZrXCFX\n"       \
    "Z7HWk05Qw9s26JsSe4piKxIPZyGhRANCAARg/tS6JVqdMclh63TGNW1owEm4kjth\n"       \
    "+mzmaWIuYPKftnkD/hAIuLyZpBrp6VYovGTy8bIMLX6fUXejwpTURiKZ\n"               \
    "-----END PRIVATE KEY-----\n"

/* The same. */
#define TEST_KEY_EC_TRADITIONAL                                                \
    "-----BEGIN EC PRIVATE KEY-----\n"                                         \
    "MHcCAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49\n"       \
    "AwEHoUQDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8\n"       \
    "maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==\n"                                   \
    "-----END EC PRIVATE KEY-----\n"

/* The same. */
#define TEST_KEY_EC_PUBLIC                                                     \
    "-----BEGIN PUBLIC KEY-----\n"                                             \
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7\n"       \
    "Yfps5mliLmDyn7Z5A/4QCLi8maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==\n"           \
    "-----END PUBLIC KEY-----\n"

#define TEST_KEY_EC_OTHER                                                      \
    "-----BEGIN PRIVATE KEY-----\n"                                            \
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgDe7Gseh2eB2Zw7Oi\n"       \
    "bZVJocO/6gk/aMRCf8bMkalFSTehRANCAARsNBsP6Q476Ug3EiPvo3l8kl0495KA\n"       \
    "uT4sxxZhWN/NWmtm0pmdBpXZcJnbFVQVFpFe4l6NIc1XCmu8cgoeriua\n"               \
    "-----END PRIVATE KEY-----\n"

#define TEST_KEY_EC_P384                                                       \
    "-----BEGIN EC PRIVATE KEY-----\n"                                         \
    "MIGkAgEBBDC48PJWRHmzzpb25nyyLsa3K1F3A2NV7Rt+DHcmnwWi+Sz849jXikys\n"       \
    "ImtppYjTZRKgBwYFK4EEACKhZANiAAROLFekFWNCkwKvXIwjLd0Zxeb9DD2iWZQa\n"       \
    "jTu244+clIYUE6w7tmwd0ZEkPyhgGrs+6gpzPoVWVUwm1e5uMBFWJkr49/NzKdgx\n"       \
    "xkkaSQs+1sQFHqA2oiF515uLu1oupNs=\n"                                       \
    "-----END EC PRIVATE KEY-----\n"

#define TEST_KEY_EC_ENCRYPTED                                                  \
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"                                  \
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjdu4l8RPy7mAICCAAw\n"       \
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEGgzVN8kfE5WbEUyZABDAb4EgZC1\n"       \
    "MW//LaFXK4pyG1WEnxIVPACqACxcrmsZU+rOfvnqZ+IT3nyf/SjzZ9hKoFBgyhqL\n"       \
    "IIBP8w/H4IHP5CtyzR1eDNGMmLutifVh1dvF3JM2jvrWrdGJQsD+e+OGNigT0HBN\n"       \
    "NcO7NG5DNjFNs/n8Jp01bTJOYW1iN7P4u3AEwr7ZpBIZyJGMj9fupD7CJa8iCC0=\n"       \
    "-----END ENCRYPTED PRIVATE KEY-----\n"

#define TEST_KEY_RSA2048                                                       \
    "-----BEGIN PRIVATE KEY-----\n"                                            \
    "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQC+sJT8fA/CTRcV\n"       \
    "PUC+p9iyuOPWrWgJg5EEInwiyb3ublIcHZbsMSVCvt810NGSl3cZ1Hcm6nQKMxa6\n"       \
    "TQvPcPzgUEDUc9ncSqt4xTmyBGCVP9F+bXGqZeC/UH/SNCz4DtfUT4GNZuCQVIUi\n"       \
    "CRuY/LjD5ppJlkSAHMs8t8eUGzMZ3QGOvURHdqhOl/hWbFWt/M92ikfd5zrlsXix\n"       \
    "FuNQPumQOqn9jMJENdaN3qyhmOqEdywpmCWHEH3WdF0MccT/cfE6XRQyauIOK0lj\n"       \
    "xMvEngzWAkFqULTlJqpUdjO0vE1xPPJjGnpCmVj8FA/wT6BQOrEwWSdFakWij9Od\n"       \
    "HVFARA4ZAgMBAAECggEAG5/NFX6LceRlEaib9oKuO8XZC8J3Ldmnamfsf8WmBCJr\n"       \
    "NrN6p6C++xpXj54+nfPfRximYjbYtJmOE1MSAO0nVP+LRLu7tdQDXy2DHCzSKQzj\n"       \
    "tmL4cmzr0AtDWRpB4XWVAqa559gddAsqdjHHk7QYuBhyBXMFXWHOd29QND50eqxv\n"       \
    "hJMP60lY9joSaFBPYCA4A+4UNIING3wcl8lWM5rsp7ejuXenj9btjYwk+E9TxrD4\n"       \
    "LMuhVyorrJEPdJZ/zwZFGfrQ/PbJJSMlPQ0H+U3K5zzCaRu6alSw2dntUjqcv5jv\n"       \
    "Zf0RvEaPnGfRNwfBoMlLiw6C2QwCwzhi1AHTRm2PGQKBgQDhHfVDkQnI7A5W/8hS\n"       \
    "1PumR/aCwCdPXkKyCTkE07j6q7MEZeZpBryz2kTScoFJwxN14pUJ9eWrdGab7tg5\n"       \
    "CkQRUwchRIQ/dmmklOsZMnuyQNIWfEEehjoR1Dc7laEbGL7J5i3C1OIZqqeoPNOP\n"       \
    "BGl2s9XsOUg2Y/kpQk/vc5TDewKBgQDY2YydJpAipUYKU9EobJ5cCGSh8FWw0CZY\n"       \
    "96EXdrjxWypPp2nrq6LyXlkEEwqTKjT8f8Af3CQ4Sd+y1X+K1ounRY0zKhdwEEeJ\n"       \
    "8jhsPRhDeTVM6Jw/HMcVVN3CBtcO6KcrzoGfEgdjemy9J8hpuYmaJYYlN9idGRO5\n"       \
    "mx8oTfvGewKBgCdNha6gOeccX3yM97qOeMkVM1KsnbBbsqVGuu++z0Lki0KvT8Ty\n"       \
    "aiu0ZeOgHjZ0mocwYfj1N33xuqBq2NFMm4myx0Hlpnk2AUe8wDcL+1CpxIQseWoM\n"       \
    "4UKPnH0IqLIEZfr19vNXG4qDovXaeM01ZfxVdXninlrwpWWwsCgMM+LVAoGBAMeG\n"       \
    "XGBYlDScl7Z26rNkRc1ul5F9PotC6pXfu2SIg6Dn/iVuaAJFWdfiQcuC7a79HeXa\n"       \
    "cd+eweDc8CxvTzxjLfpJ/6K9LvWYtQpTSeEl0cZ7pzRNrz5O70tMXALkIksAfJjN\n"       \
    "GO1RPGUmxxjAmyHUaqzfq+9g1DmwUjrsZR3Dq08zAoGBAIiiSJnOyrg9l8tBgiyY\n"       \
    "eO3oeKNf2hy8kgjbK8PPMF8d4ldMo+b0v2/6ZS0bkQOomyMnvoyiLqtyHf45fH2t\n"       \
    "yj9xqrTWLJ9n8tbs2fKp0EkCDINOfYYaSDx0v9ui8601o5Ja32l+hW2SDCP199pT\n"       \
    "GTbVJznwEeVIImLqA/6IGEq3\n"                                               \
    "-----END PRIVATE KEY-----\n"

/* The same. */
#define TEST_KEY_RSA2048_TRADITIONAL                                           \
    "-----BEGIN RSA PRIVATE KEY-----\n"                                        \
    "MIIEpAIBAAKCAQEAvrCU/HwPwk0XFT1AvqfYsrjj1q1oCYORBCJ8Ism97m5SHB2W\n"       \
    "7DElQr7fNdDRkpd3GdR3Jup0CjMWuk0Lz3D84FBA1HPZ3EqreMU5sgRglT/Rfm1x\n"       \
    "qmXgv1B/0jQs+A7X1E+BjWbgkFSFIgkbmPy4w+aaSZZEgBzLPLfHlBszGd0Bjr1E\n"       \
    "R3aoTpf4VmxVrfzPdopH3ec65bF4sRbjUD7pkDqp/YzCRDXWjd6soZjqhHcsKZgl\n"       \
    "hxB91nRdDHHE/3HxOl0UMmriDitJY8TLxJ4M1gJBalC05SaqVHYztLxNcTzyYxp6\n"       \
    "QplY/BQP8E+gUDqxMFknRWpFoo/TnR1RQEQOGQIDAQABAoIBABufzRV+i3HkZRGo\n"       \
    "m/aCrjvF2QvCdy3Zp2pn7H/FpgQiazazeqegvvsaV4+ePp3z30cYpmI22LSZjhNT\n"       \
    "EgDtJ1T/i0S7u7XUA18tgxws0ikM47Zi+HJs69ALQ1kaQeF1lQKmuefYHXQLKnYx\n"       \
    "x5O0GLgYcgVzBV1hzndvUDQ+dHqsb4STD+tJWPY6EmhQT2AgOAPuFDSCDRt8HJfJ\n"       \
    "VjOa7Ke3o7l3p4/W7Y2MJPhPU8aw+CzLoVcqK6yRD3SWf88GRRn60Pz2ySUjJT0N\n"       \
    "B/lNyuc8wmkbumpUsNnZ7VI6nL+Y72X9EbxGj5xn0TcHwaDJS4sOgtkMAsM4YtQB\n"       \
    "00ZtjxkCgYEA4R31Q5EJyOwOVv/IUtT7pkf2gsAnT15Csgk5BNO4+quzBGXmaQa8\n"       \
    "s9pE0nKBScMTdeKVCfXlq3Rmm+7YOQpEEVMHIUSEP3ZppJTrGTJ7skDSFnxBHoY6\n"       \
    "EdQ3O5WhGxi+yeYtwtTiGaqnqDzTjwRpdrPV7DlINmP5KUJP73OUw3sCgYEA2NmM\n"       \
    "nSaQIqVGClPRKGyeXAhkofBVsNAmWPehF3a48VsqT6dp66ui8l5ZBBMKkyo0/H/A\n"       \
    "H9wkOEnfstV/itaLp0WNMyoXcBBHifI4bD0YQ3k1TOicPxzHFVTdwgbXDuinK86B\n"       \
    "nxIHY3psvSfIabmJmiWGJTfYnRkTuZsfKE37xnsCgYAnTYWuoDnnHF98jPe6jnjJ\n"       \
    "FTNSrJ2wW7KlRrrvvs9C5ItCr0/E8mortGXjoB42dJqHMGH49Td98bqgatjRTJuJ\n"       \
    "ssdB5aZ5NgFHvMA3C/tQqcSELHlqDOFCj5x9CKiyBGX69fbzVxuKg6L12njNNWX8\n"       \
    "VXV54p5a8KVlsLAoDDPi1QKBgQDHhlxgWJQ0nJe2duqzZEXNbpeRfT6LQuqV37tk\n"       \
    "iIOg5/4lbmgCRVnX4kHLgu2u/R3l2nHfnsHg3PAsb088Yy36Sf+ivS71mLUKU0nh\n"       \
    "JdHGe6c0Ta8+Tu9LTFwC5CJLAHyYzRjtUTxlJscYwJsh1Gqs36vvYNQ5sFI67GUd\n"       \
    "w6tPMwKBgQCIokiZzsq4PZfLQYIsmHjt6HijX9ocvJII2yvDzzBfHeJXTKPm9L9v\n"       \
    "+mUtG5EDqJsjJ76Moi6rch3+OXx9rco/caq01iyfZ/LW7NnyqdBJAgyDTn2GGkg8\n"       \
    "dL/bovOtNaOSWt9pfoVtkgwj9ffaUxk21Sc58BHlSCJi6gP+iBhKtw==\n"               \
    "-----END RSA PRIVATE KEY-----\n"

/* The same. */
#define TEST_KEY_RSA2048_PUBLIC                                                \
    "-----BEGIN PUBLIC KEY-----\n"                                             \
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAvrCU/HwPwk0XFT1AvqfY\n"       \
    "srjj1q1oCYORBCJ8Ism97m5SHB2W7DElQr7fNdDRkpd3GdR3Jup0CjMWuk0Lz3D8\n"       \
    "4FBA1HPZ3EqreMU5sgRglT/Rfm1xqmXgv1B/0jQs+A7X1E+BjWbgkFSFIgkbmPy4\n"       \
    "w+aaSZZEgBzLPLfHlBszGd0Bjr1ER3aoTpf4VmxVrfzPdopH3ec65bF4sRbjUD7p\n"       \
    "kDqp/YzCRDXWjd6soZjqhHcsKZglhxB91nRdDHHE/3HxOl0UMmriDitJY8TLxJ4M\n"       \
    "1gJBalC05SaqVHYztLxNcTzyYxp6QplY/BQP8E+gUDqxMFknRWpFoo/TnR1RQEQO\n"       \
    "GQIDAQAB\n"                                                               \
    "-----END PUBLIC KEY-----\n"

#define TEST_KEY_RSA2048_EXPONENT3                                             \
    "-----BEGIN PRIVATE KEY-----\n"                                            \
    "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDdi50kalP1S/fa\n"       \
    "JU5fYKBRwF9LZSrzlv58xeVq+As2HzGofZ89MLqeyvYoqCKlf/RMB/e/9e759XOX\n"       \
    "GepGw+l1IUhv6kEZpBnCfW8dLKnOXvVuNrie2wiLqw6QIVow5H4bQ3R3ntyUR9b8\n"       \
    "q8523GRa9TTis5yAIRfMSjxQNOTauTkC+BCMafqbv4jn3EVAL9VMJAQIhYt1Lyy2\n"       \
    "iQxHiRi932Dpg4WQASNMGHmUlOaKixiCUMWpMgUmCvORXx+uuosVh7gT9qEQJvYT\n"       \
    "eisb+F0rRkx0dJK5IsZFMB+4dzFJx3Hmq8iWiXXevPLwuahMRdR8yHubIk5YnT5W\n"       \
    "BH3M25wrAgEDAoIBAQCTsmjC8Y1OMqU8GN7qQGrhKuoyQ3H3uf792UOcpVzOv3Zw\n"       \
    "U79+IHxp3KQbGsHDqqLdWqUqo/Smo6Jku/GEgpuja4Wf8YC7wrvW/koTcxve6fj0\n"       \
    "JHsUkgWycgm1a5F17alngk2lFJMNhTn9x9756ELnTiNBzRMAFg/dhtLgI0M8ej20\n"       \
    "kY3fesi8sVx+BgSGVfLNresqadraslD0NtZUBLD39UPr0IyW5AySegj+THpCs7hV\n"       \
    "ueAN3+b/EGww6nIIf1MCiK67w+pWjDaK4Cv3WYvEgbw2yFAbZQPPhOZDzMHqPimf\n"       \
    "wIw/WNjwQvoVLyE0UafMa2KwaqX87UWsE+sYBcIrAoGBAPRCV2M1uQCQNqh8ZNMX\n"       \
    "43XxLEXBV2uwgKuxLeYLX4/cgVHwlhDc0X3Gj7pG5WPvJulKrPDWHwYsILf4ETeU\n"       \
    "XOK2LtXHsQrGk9npNyZNY5TY5N0NLiwBalQeFs1v6WcfVPv6+9ORq0iVGk8bLpNb\n"       \
    "9rppG4do4Iv9no0bLSJo/cfLAoGBAOgxxliHeMzwftWubmtey3Mmct2Hj1d8oweX\n"       \
    "COS+In9tbikXNKHQ2ZKp0bHQPMs3Vpq3DQS+QyR7UZlP7j0Nnqvbi9wyn7bHwMpZ\n"       \
    "8sLbjnarntUVGe6OoOxv0fji2qdLFTd8DyKl2OfhPiy1xGMh1J5hC+Apoclfmsi4\n"       \
    "uXq/1TEhAoGBAKLW5OzOe1W1ecWoQzdlQk6gyC6A5PJ1qx0gyUQHlQqTAOFLDrXo\n"       \
    "i6kvCnwvQ5f0xJuHHfXkFK7IFc/6tiUNk0HOyePadgcvDTvwz27eQmM7Qz4IyXKr\n"       \
    "nDgUDzOf8O9qOKf8p+JhHNsOEYoSHwzn+dGbZ6+bQF1Tvwi8yMGbU9qHAoGBAJrL\n"       \
    "2ZBaUIigVI50SZzp3Pdu9z5aX4+obK+6Be3UFv+eSXC6IxaLO7cb4SE1fdzPjxHP\n"       \
    "XgMpghhSNmY1SX4JFHKSXT13FSSFKzGRTIHntE8dFI4OEUm0a0hKi/tB5xoyDiT9\n"       \
    "X2xukJqWKXMj2EIWjb7rXUAbwTDqZzB7JlHVOMtrAoGBANKnNID0UixyZmUAotdx\n"       \
    "GpQdneeRt++jg2IK2RmpeAh8WA7xUts+NeQa+12MLJ/swTXmA4ypENY2clO+IH2R\n"       \
    "4jbJaIgt+xTriWv7hAbaDmnlwh0TOy34u60BQXaIaqxRX7TD1Ta0S9HK2dppi67P\n"       \
    "1o9ci7mRS7PmoPSYrWTh5uuP\n"                                               \
    "-----END PRIVATE KEY-----\n"

#define TEST_KEY_RSA2048_EXPONENT3_PUBLIC                                      \
    "-----BEGIN PUBLIC KEY-----\n"                                             \
    "MIIBIDANBgkqhkiG9w0BAQEFAAOCAQ0AMIIBCAKCAQEA3YudJGpT9Uv32iVOX2Cg\n"       \
    "UcBfS2Uq85b+fMXlavgLNh8xqH2fPTC6nsr2KKgipX/0TAf3v/Xu+fVzlxnqRsPp\n"       \
    "dSFIb+pBGaQZwn1vHSypzl71bja4ntsIi6sOkCFaMOR+G0N0d57clEfW/KvOdtxk\n"       \
    "WvU04rOcgCEXzEo8UDTk2rk5AvgQjGn6m7+I59xFQC/VTCQECIWLdS8stokMR4kY\n"       \
    "vd9g6YOFkAEjTBh5lJTmiosYglDFqTIFJgrzkV8frrqLFYe4E/ahECb2E3orG/hd\n"       \
    "K0ZMdHSSuSLGRTAfuHcxScdx5qvIlol13rzy8LmoTEXUfMh7myJOWJ0+VgR9zNuc\n"       \
    "KwIBAw==\n"                                                               \
    "-----END PUBLIC KEY-----\n"

#define TEST_KEY_RSA1024                                                       \
    "-----BEGIN PRIVATE KEY-----\n"                                            \
    "MIICdQIBADANBgkqhkiG9w0BAQEFAASCAl8wggJbAgEAAoGBAPFaEFZcB3tvq806\n"       \
    "/Se9/fP6TKQ/vBGnXYvikjYGzL9D1ibcTyPG4NCOwZfDiacj6XWWUQwqEOCgTvje\n"       \
    "5sRpvCJ8Dzy1bOv27SDVGzUuw17MAoLkYs7Rq01vLLIdqFDg3r+df/DYw379heAy\n"       \
    "HkIe7EC8HxanZmn8sQlzWWxoVHS9AgMBAAECgYA0XiJlWpqVAen5Ie+EDAlqQskW\n"       \
    "am3YNsRpccPfzSHn7kQtMmhJjwGAvzjqQRdBGN2zEeaMCSSYWLBJ97OCsp6LQRfA\n"       \
    "CbdTBVYUwN/pz30t3hcCyepzsi0BPnMsE9nD3Y0vMeZIEv3x7spDoD0J16/Ilbsk\n"       \
    "a/Oy/UQZJ8ZvDV0NgQJBAPtj7YZRQKgdcuLl00oiBSOCOrkd0u099bVG2biD6DQh\n"       \
    "B9O30t2Y9ApQ+ujjo0INGvUgOB2ttBznvb+Vl4e+/zUCQQD1xwNm2zSxhNJ5gXMv\n"       \
    "wZY7mrG4iIBhts36fAPoUETTUfnEWrJNJpDFCzrKVUyc5XrLm/WGn3QcSszkhiOW\n"       \
    "16hpAkA+RHUsBOo3+ftf+j9IqH6PWg2DlsCNJQC8Yw1Ap+OXLetLZMflPaKM/5v2\n"       \
    "nZPto2Ne/hkIOONZGYmlb781z3hVAkBHcfm4LaKss+qnLY05ZbHxU6+z7+I6BXTt\n"       \
    "Cp3sK2FGeL79aEwKh1pwHSqS5KbnuQGwLH78CmArVUcoayHvWHN5AkB+9upAo/mK\n"       \
    "2zyB9uSdfsgHvZH6LXVxBFyL5E6dad0BpxY4vHdPu84+MYkyNyS1TA3N+/gX7nz8\n"       \
    "MVjil5YEUgH3\n"                                                           \
    "-----END PRIVATE KEY-----\n"

#define TEST_KEY_RSA4096                                                       \
    "-----BEGIN PRIVATE KEY-----\n"                                            \
    "MIIJRAIBADANBgkqhkiG9w0BAQEFAASCCS4wggkqAgEAAoICAQDN3IpebMFLsZiV\n"       \
    "1TxnaGS0gzJIdp8OpKKWRoONYzcnAif5BmyZkRQVtYYZQ//uuDLFIVhnZhKWukkN\n"       \
    "UfMG0Yos+GSGTZbJUHNlI+sII/BJaBLU3VOamGl5MSf5ImmTRPW6DAxcbMISnrVJ\n"       \
    "rQubE2Yas4G9E7JJvbwdkyU9PpcYmTlYO2oi6Vsty6u9DN05ia1lbGqM4UeM1XB0\n"       \
    "XwgLgrXwH63tXZqU4nIP+m9SDAfBP8QO+DXVCgP1xo3QzIQl0RPdZoMS6jcxNClc\n"       \
    "kYsVxrpgVPYHZRye3TJwtd/LtBueQCpkW82XITWHGhwwB4qe3ai3nBkQArjPkeBa\n"       \
    "ZSs0TS+NidgKiMhN/TLf2XiNwTTTkXGgq1RIh0QUrLFsE+kK2chL/w7l0uZJob43\n"       \
    "eRP0OykQnrAZGFEkt/c91jcmW+seMi68K/BAuxyCEl/3kljNoBECJusUtoHIz9T0\n"       \
    "KgbrqlEx3PnFN4iXJjiR4IWEoWZElvfluJyclwoEEyPPrCxPVbxP+nqD4clkPjPI\n"       \
    "EE2oMJu/n1S+6Ig19/ZKHQHvqry7AtrjK6stJkB263h3qSi7AzZhX9DRVrF0Vl4L\n"       \
    "Mwx/THEtGysfkYhUmGHT0rbxyL/LgN7W8cZ80fr8MiZG9ytmqRV9TaQtqTysAJGJ\n"       \
    "ZiSnLKw58r+Dz8UDiKz8tT6H5YJLDQIDAQABAoICABoL4WX5FKvjGI88n5vl1XgR\n"       \
    "cXdBqvZLVlb1LQfimcPRvgUADxWPCZ+FjCX+OI+XtrTCd1D91TRE9aE90SX3tSfj\n"       \
    "dbSYdI+cIj2VwdMR2QEwrdFI/5770byHv6sB86Gyg/S6OYYoLJX2hrF/t4wzdCPE\n"       \
    "upGVwGUcIIUNbRTGqo9uM5c6TT+FjwfIUT5mNkdlaA8BHKoehtMG3mea7oWmUCbF\n"       \
    "m1gBE+HqlMv4v8T9yK1myAOs3ALMdZvPN3pHpiCyx3Sn18W45KrRErqnn5Vtw38U\n"       \
    "wNxGqsxe6FbibCJ181iefb6c7vJEPWWOpCpfieZ33TT+Bx3Demao6l4FluXTLkTc\n"       \
    "HHYivpTz54zXqHZSe39n3nzQnxmobIruhHo0M644hklZiXmUmHoJoTjatgFQBjtj\n"       \
    "FZ21oQpzcLCVNX3j6LNYJQGF75bNqNdCWbGF/RdxYMv9edHGxjcpK505x++hLNFK\n"       \
    "S35u5KQNRA1j1BPjiVytLHwy2F4mytSaKUdO5U7Mtz24rkwn+DBzmw+nbTQ3Hsvx\n"       \
    "n/kNLQCDezld3NoQXWYFivBxdjelh86r1s1iameFYe81PnFMTp88sJGZ89ICqQhk\n"       \
    "Y/zh3jBRLfmNCRzCxJGfHbCaaTaYmqB4m5VOgtBHlLqVVIPYffT9HAsuPIzcVqvV\n"       \
    "UlU7tgTgmhW57JhLs0XxAoIBAQDu9Vm+dBr+3xYGn/X0qXDOdFyv7sMXdvfYH/8M\n"       \
    "m19xxjO5jcP/lZXWz8xXiE9INY61rIB8A9Pj2MOjcS5nvikPmA5r/FQN/IxsW4TB\n"       \
    "/qZo7H33629knXqFtii9ki5AdgiBpqFo3JOwVMTWS0BQTaIm+OoDms5du8IVTxMH\n"       \
    "r47Ozvl1WyuLwKU7XZ7h0ooP/DYMMVlH0FtUFsmndgKzK42cOWyOWCSrvflpF2GG\n"       \
    "Q31OZka8uAEY8ME0xOCiNrd51D4sQ+WwvMd5CKd2vpvtM1cpaoFDZ9PohR20POn4\n"       \
    "eJVeyq1I4TeiIWpvd0tB5ZBm4gLfAhAqrJsVe2d7QTc1vpdjAoIBAQDcivEH7fTs\n"       \
    "Z8Vm/y9bXn/s6xdOI6EdHeWI4qllORhSAsckcdinaXFphMF0UhiZT0fT/UYEcd33\n"       \
    "N6tKLD+JRkvsnI4LfvRLVGpfuIEmGUaBmepdf9qmfAS0+qksU9jrA/YifnaY25c4\n"       \
    "4Z6cRiGA+QOMPW2WfKZcmCAAHopAkBaJ84+Tcm4AMjoEFicg/ma7JJFXfnOrpUcs\n"       \
    "1ZihUWR4YurfAZpKoC6FpBLyN81ckrAwwSSqVP/TDsLWBuFhXrwjSH5jOLEdVcuh\n"       \
    "EXab22H2rQth+Plt2cAyKOZrQzTrLtdkEi+pZ6ns3tKTasA7eKoSXqXZobXltHwB\n"       \
    "Hl6kfe0E3TbPAoIBAQCqulFsabf/8ZPjF9a6/3TBjRHMAWMSGMXrfLDVaQ1AVMQQ\n"       \
    "BuHKci2kVMNCpvk+NkXIN391G6cAW5cr52moZY0gvxtOu/GyLIaHxLuNf0uWG6HE\n"       \
    "yEnGMV2guw1QpGi3VZ2uREd+jFpY2bfpA8rnlRANmDpaaPiYr9VzNBP8ocn+qJJC\n"       \
    "7uil6PYk/DbQUYSi9ygGfhuz24HlCoL5Sq+TI8MBo2WULhXFPu47z6C2NPIKWbig\n"       \
    "jTb7gsgH08JLI5zjRmlFZx1ssPQz3aMIjBcL2mqkBJxmdIBK2RDn/b2M8VqHZ3d3\n"       \
    "YrJE/Gr3SNxUMJiDaWdzvh2e38PODWVaArZXh9zRAoIBAQCH0WkuoPS8wgtnqq/X\n"       \
    "bRMLLJxlmruV2tuIuU3o8IhxuRQ69YGfV+hoO0GICSbtA04Q12FPS3CO1tG+FBHs\n"       \
    "0EXhqWgw3DZGTe5UlKO0esxY9BjJC/vzm1yqt9OHYPutf/sMsyUGbfVrKkcrpmTr\n"       \
    "sG7m5s2eZ5VsYKMUb7pkmFfJDR3WiBoGNOhVq+7c+s75YUPAxjcl9dsnWUNt1Voy\n"       \
    "aXiLbck/O/ZqhujEEml+ITgwTkHuQ/poWCbU99fExzrF39c186vfjP6iasbIpQpn\n"       \
    "h5oC8/loFTmvqlB8rh7g1y/+iNShVx3mqjK0ZoGMHnteZLtuk5AZrlTPu4w9cO+O\n"       \
    "l00xAoIBAQDjU2SdG8UxkyLZcZ7yUE0IiOe5Txt++wAS7PhBVrtAdM+m/cJGxoHs\n"       \
    "6kLJd4VJWhprQMQf98bQENRsQGg2AKPNXQY8Vna+R8tZzRBmRMqoCPZdVspckyuA\n"       \
    "eDfBmY5HJKrI5CARPZRYokszdGBdX/7X7ekTosFFH2i8aMfydzfGFy0Xk2mKhD1L\n"       \
    "yQwmq/zVYjMWFbfByY7mhr+L5Ori5z48fVQspIMM0WBh890e/EvOWaxnzZm5YfQW\n"       \
    "oz3VFRttdguPVNH0lvh/hVS6iUgeQ0TNZXi33yXPdVOcMnTjbi2dbWA7c5rXxOO2\n"       \
    "WTu37vkg1vFPH0uMRZto/tMeUySqFKEo\n"                                       \
    "-----END PRIVATE KEY-----\n"

/* The same. */
#define TEST_KEY_RSA4096_PUBLIC                                                \
    "-----BEGIN PUBLIC KEY-----\n"                                             \
    "MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAzdyKXmzBS7GYldU8Z2hk\n"       \
    "tIMySHafDqSilkaDjWM3JwIn+QZsmZEUFbWGGUP/7rgyxSFYZ2YSlrpJDVHzBtGK\n"       \
    "LPhkhk2WyVBzZSPrCCPwSWgS1N1TmphpeTEn+SJpk0T1ugwMXGzCEp61Sa0LmxNm\n"       \
    "GrOBvROySb28HZMlPT6XGJk5WDtqIulbLcurvQzdOYmtZWxqjOFHjNVwdF8IC4K1\n"       \
    "8B+t7V2alOJyD/pvUgwHwT/EDvg11QoD9caN0MyEJdET3WaDEuo3MTQpXJGLFca6\n"       \
    "YFT2B2Ucnt0ycLXfy7QbnkAqZFvNlyE1hxocMAeKnt2ot5wZEAK4z5HgWmUrNE0v\n"       \
    "jYnYCojITf0y39l4jcE005FxoKtUSIdEFKyxbBPpCtnIS/8O5dLmSaG+N3kT9Dsp\n"       \
    "EJ6wGRhRJLf3PdY3JlvrHjIuvCvwQLscghJf95JYzaARAibrFLaByM/U9CoG66pR\n"       \
    "Mdz5xTeIlyY4keCFhKFmRJb35bicnJcKBBMjz6wsT1W8T/p6g+HJZD4zyBBNqDCb\n"       \
    "v59UvuiINff2Sh0B76q8uwLa4yurLSZAdut4d6kouwM2YV/Q0VaxdFZeCzMMf0xx\n"       \
    "LRsrH5GIVJhh09K28ci/y4De1vHGfNH6/DImRvcrZqkVfU2kLak8rACRiWYkpyys\n"       \
    "OfK/g8/FA4is/LU+h+WCSw0CAwEAAQ==\n"                                       \
    "-----END PUBLIC KEY-----\n"

#define TEST_KEY_SECRET                                                        \
    "-----BEGIN BERTH HMAC KEY-----\n"                                         \
    "9njUkio7P1Cg/ljKuz6hz4Gs7RijM9SnugS1+4IGOoQ=\n"                           \
    "-----END BERTH HMAC KEY-----\n"

#endif
