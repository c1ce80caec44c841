using Routing.Policy.Model;

namespace Routing.Agent.Netlink.Nftables;

/// <summary>NFTA_DATA_*: octets or a verdict, in an attribute of an expression or an element.</summary>
internal static class NftData
{
    private const ushort Value = 1, Verdict = 2; // NFTA_DATA_*
    private const ushort VerdictCode = 1, VerdictChain = 2; // NFTA_VERDICT_*

    public static void WriteValue(NetlinkWriter writer, ushort attribute, ReadOnlySpan<byte> octets)
    {
        var nested = writer.BeginNested(attribute);
        writer.PutBytes(Value, octets);
        writer.EndNested(nested);
    }

    public static void WriteVerdict(NetlinkWriter writer, ushort attribute, NftVerdict verdict)
    {
        var nested = writer.BeginNested(attribute);
        var inner = writer.BeginNested(Verdict);
        writer.PutU32BigEndian(VerdictCode, (uint)verdict.Code);
        if (verdict.Chain is { } chain)
        {
            writer.PutString(VerdictChain, chain);
        }

        writer.EndNested(inner);
        writer.EndNested(nested);
    }

    /// <summary>The octets, borrowed; empty when there are none.</summary>
    public static ReadOnlySpan<byte> Octets(NetlinkAttribute attribute)
    {
        var parts = attribute.Nested;
        while (parts.TryRead(out var part))
        {
            if (part.Type == Value)
            {
                return part.Payload;
            }
        }

        return default;
    }

    public static EquatableArray<byte> ReadValue(NetlinkAttribute attribute) =>
        EquatableArray.Create(Octets(attribute));

    public static bool TryReadVerdict(NetlinkAttribute attribute, out NftVerdict verdict)
    {
        verdict = default;
        var parts = attribute.Nested;
        while (parts.TryRead(out var part))
        {
            if (part.Type != Verdict)
            {
                continue;
            }

            var (code, chain) = (0u, default(string));
            var fields = part.Nested;
            while (fields.TryRead(out var field))
            {
                if (field.Type == VerdictCode)
                {
                    code = field.U32BigEndian;
                }
                else if (field.Type == VerdictChain)
                {
                    chain = field.Text;
                }
            }

            verdict = new NftVerdict((NftVerdictCode)(int)code, chain);
            return true;
        }

        return false;
    }
}
