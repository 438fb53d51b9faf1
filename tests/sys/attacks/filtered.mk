# SPDX-License-Identifier: Apache-2.0
PERMISSIONS := 1,0,1,1
