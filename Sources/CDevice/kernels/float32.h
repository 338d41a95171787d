// The kernels of the module "float32": they have the same bits on every device.
#include "mathematics.h"
#include "linear.h"
#include "norm.h"
#include "attention.h"
#include "positions.h"
#include "encoder.h"
#include "elementwise.h"
#include "head.h"
