// Debian names the header of the selected OpenBLAS build cblas-openblas.h. Elsewhere <cblas.h> must
// be OpenBLAS's own header.
#if __has_include(<cblas-openblas.h>)
#include <cblas-openblas.h>
#else
#include <cblas.h>
#endif

// The LAPACK routines in OpenBLAS, by their Fortran names. OpenBLAS's headers do not declare them.
// Arguments are pointers, matrices are column-major, and string lengths come last.
#include <stddef.h>
void dsytrd_(
  const char *uplo, const blasint *n, double *a, const blasint *lda, double *d, double *e,
  double *tau, double *work, const blasint *lwork, blasint *info, size_t
);
void dstebz_(
  const char *range, const char *order, const blasint *n, const double *vl, const double *vu,
  const blasint *il, const blasint *iu, const double *abstol, const double *d, const double *e,
  blasint *m, blasint *nsplit, double *w, blasint *iblock, blasint *isplit, double *work,
  blasint *iwork, blasint *info, size_t, size_t
);
void dstein_(
  const blasint *n, const double *d, const double *e, const blasint *m, const double *w,
  const blasint *iblock, const blasint *isplit, double *z, const blasint *ldz, double *work,
  blasint *iwork, blasint *ifail, blasint *info
);
void dsyev_(
  const char *jobz, const char *uplo, const blasint *n, double *a, const blasint *lda, double *w,
  double *work, const blasint *lwork, blasint *info, size_t, size_t
);
// The work buffers of OpenBLAS, one per product at a time. The library exports these functions
// without declaring them.
void *blas_memory_alloc(int unused);
void blas_memory_free(void *buffer);
