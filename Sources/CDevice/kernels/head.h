// The kernels that train the part of a network above frozen frames.
#include "head_double.h"
#include "head_product.h"
#include "head_sums.h"
#include "head_frames.h"
#include "head_attention.h"
#include "head_losses.h"
#include "head_optimizer.h"
