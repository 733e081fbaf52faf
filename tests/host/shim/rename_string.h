/*
 * Gives the functions of kernel/lib/string.c other names, so that they live
 * beside the C library's in one program: kernel files call the C library's (which
 * AddressSanitizer watches), test_string.c compares the two.
 */
#define memcpy	folio_memcpy
#define memmove folio_memmove
#define memset	folio_memset
#define memcmp	folio_memcmp
#define memchr	folio_memchr
#define strlen	folio_strlen
#define strnlen folio_strnlen
#define strcmp	folio_strcmp
#define strncmp folio_strncmp
#define strchr	folio_strchr
#define strrchr folio_strrchr
#define strstr	folio_strstr
#define strspn	folio_strspn
#define strcspn folio_strcspn
#define strpbrk folio_strpbrk
#define strsep	folio_strsep
