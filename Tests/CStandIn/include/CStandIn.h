// A library that stands in for libcuda.so.1 in tests: see reprise_standin in CDevice.h. It exports
// the driver's functions under their own names and is opened at run time.
#pragma once
