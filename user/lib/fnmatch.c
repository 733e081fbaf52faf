/*
 * Patterns. All but * take one character each; a * first takes none, and when the rest does
 * not fit, one more than before. Only the last * need be tried again: what fitted before it
 * can stay.
 */
#include <fnmatch.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* [...] at p against c: past its ], with *fits set; NULL if there is no ]. */
static const char *set(const char *p, unsigned char c, int flags, bool *fits)
{
	bool not = p[1] == '!' || p[1] == '^';
	const char *first = p += 1 + not ;

	*fits = false;
	for (; *p && (*p != ']' || p == first); p++) {
		unsigned char low, high;

		if (*p == '\\' && !(flags & FNM_NOESCAPE) && p[1])
			p++;
		low = high = (unsigned char)*p;
		if (p[1] == '-' && p[2] && p[2] != ']') {
			high = (unsigned char)p[2];
			p += 2;
		}
		if (c >= low && c <= high)
			*fits = true;
	}
	*fits = *fits != not ;
	return *p ? p + 1 : NULL;
}

/* One element of the pattern, no *, against one character: past the element, or NULL. */
static const char *one(const char *p, char c, int flags)
{
	const char *end;
	bool fits;

	if (*p == '?')
		return c == '/' && flags & FNM_PATHNAME ? NULL : p + 1;
	if (*p == '[' && (end = set(p, (unsigned char)c, flags, &fits)))
		return fits && !(c == '/' && flags & FNM_PATHNAME) ? end : NULL;
	if (*p == '\\' && !(flags & FNM_NOESCAPE) && p[1])
		p++;
	return *p == c ? p + 1 : NULL;
}

int fnmatch(const char *p, const char *name, int flags)
{
	const char *star = NULL, *taken = NULL, *begin = name;

	for (;;) {
		const char *next;
		bool leading = *name == '.' && flags & FNM_PERIOD &&
			       (name == begin || (flags & FNM_PATHNAME && name[-1] == '/'));

		if (leading && *p != '.' && !(*p == '\\' && p[1] == '.'))
			return FNM_NOMATCH;
		if (*p == '*') {
			star = ++p;
			taken = name;
			continue;
		}
		if (!*name && !*p)
			return 0;
		next = *name && *p ? one(p, *name, flags) : NULL;
		if (next) {
			p = next;
			name++;
			continue;
		}
		if (!star || !*taken || (*taken == '/' && flags & FNM_PATHNAME))
			return FNM_NOMATCH;
		p = star;
		name = ++taken;
	}
}
