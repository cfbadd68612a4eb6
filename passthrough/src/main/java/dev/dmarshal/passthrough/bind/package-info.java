/** Steps that give host devices to vfio-pci through sysfs. */
package dev.dmarshal.passthrough.bind;
