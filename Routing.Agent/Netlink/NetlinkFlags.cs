using System.Diagnostics.CodeAnalysis;

namespace Routing.Agent.Netlink;

/// <summary>nlmsg_flags (linux/netlink.h). The upper octet means one thing on a GET, another on a NEW and a third on an
/// acknowledgement.</summary>
[Flags]
[SuppressMessage("Design", "CA1069:Enums should not have duplicate values", Justification = "The kernel's do.")]
internal enum NetlinkFlags : ushort
{
    None = 0,

    /// <summary>NLM_F_REQUEST: from us to the kernel.</summary>
    Request = 0x1,

    /// <summary>NLM_F_MULTI: part of a dump.</summary>
    Multi = 0x2,

    /// <summary>NLM_F_ACK: answer also when all went well.</summary>
    Ack = 0x4,

    /// <summary>NLM_F_ECHO: send us the notification of our own change.</summary>
    Echo = 0x8,

    /// <summary>NLM_F_DUMP_INTR: what is being dumped changed meanwhile; the dump may be inconsistent.</summary>
    DumpInterrupted = 0x10,

    /// <summary>NLM_F_CAPPED (on an acknowledgement): the request's payload is not repeated.</summary>
    Capped = 0x100,

    /// <summary>NLM_F_ACK_TLVS (on an acknowledgement): attributes follow.</summary>
    AckAttributes = 0x200,

    /// <summary>NLM_F_DUMP (on a GET).</summary>
    Dump = 0x300,

    /// <summary>NLM_F_REPLACE (on a NEW).</summary>
    Replace = 0x100,

    /// <summary>NLM_F_EXCL (on a NEW).</summary>
    Exclusive = 0x200,

    /// <summary>NLM_F_CREATE (on a NEW).</summary>
    Create = 0x400,

    /// <summary>NLM_F_APPEND (on a NEW).</summary>
    Append = 0x800,
}
