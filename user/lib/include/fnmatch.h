/* Does a name fit a pattern with * ? [a-z] [!x] and \ ? */
#ifndef _FNMATCH_H
#define _FNMATCH_H

#define FNM_PATHNAME 1 /* / only by / */
#define FNM_NOESCAPE 2 /* \ is itself */
#define FNM_PERIOD   4 /* a leading . only by . */
#define FNM_NOMATCH  1

int fnmatch(const char *pattern, const char *name, int flags);

#endif
