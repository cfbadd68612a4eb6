/** What stands behind faults of the remapping hardware: devices, drivers, tables, requester ids, earlier kernels. */
package dev.dmarshal.doctor.cause.fault;
