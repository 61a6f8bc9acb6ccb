#include "bench/analysis/slug.h"

#include "bench/analysis/brief.h"

#include <ctype.h>
#include <string.h>

size_t slug_append(char *slug, size_t used, size_t limit, const char *text) {
  for (; *text && used < limit; text++) {
    if (isalnum((unsigned char)*text) || strchr("._-", *text))
      slug[used++] = *text;
    else if (*text != '=' && used && slug[used - 1] != '-')
      slug[used++] = '-';
  }
  slug[used] = '\0';
  return used;
}

size_t slug_problem(char *slug, const char *problem) {
  char text[512];
  brief_spec(problem, "", text, sizeof text);
  return slug_append(slug, 0, SLUG_PROBLEM, text);
}
