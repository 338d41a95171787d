// Debian's name for the header of whichever build of OpenBLAS was chosen; elsewhere <cblas.h> must be it.
#if __has_include(<cblas-openblas.h>)
#include <cblas-openblas.h>
#else
#include <cblas.h>
#endif
