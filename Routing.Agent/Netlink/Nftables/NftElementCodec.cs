namespace Routing.Agent.Netlink.Nftables;

/// <summary>Attributes of elements (NFTA_SET_ELEM_LIST_*, NFTA_SET_ELEM_*).</summary>
internal static class NftElementCodec
{
    private const ushort Table = 1, Set = 2, Elements = 3, ListElement = 1; // NFTA_SET_ELEM_LIST_*, NFTA_LIST_ELEM
    private const ushort Key = 1, Data = 2, Flags = 3, Expression = 7, KeyEnd = 10; // NFTA_SET_ELEM_*
    private const uint IntervalEnd = 1; // NFT_SET_ELEM_INTERVAL_END

    public static void WriteKey(NetlinkWriter writer, string table, string set)
    {
        writer.PutString(Table, table);
        writer.PutString(Set, set);
    }

    /// <summary>Begins the list; end it with <see cref="NetlinkWriter.EndNested"/>.</summary>
    public static int BeginList(NetlinkWriter writer) => writer.BeginNested(Elements);

    public static void WriteElement(
        NetlinkWriter writer, ReadOnlySpan<byte> key, ReadOnlySpan<byte> keyEnd, bool isIntervalEnd,
        NftVerdict? verdict)
    {
        var element = writer.BeginNested(ListElement);
        NftData.WriteValue(writer, Key, key);
        if (!keyEnd.IsEmpty)
        {
            NftData.WriteValue(writer, KeyEnd, keyEnd);
        }

        if (isIntervalEnd)
        {
            writer.PutU32BigEndian(Flags, IntervalEnd);
        }

        if (verdict is { } value)
        {
            NftData.WriteVerdict(writer, Data, value);
        }

        writer.EndNested(element);
    }

    /// <summary>Hands out the elements of one message of a dump.</summary>
    public static void Read(in NetlinkMessage message, NftElementHandler onElement)
    {
        if (message.Type != NftMessageType.NewElement || !message.TryReadStruct<NftHeader>(out _, out var attributes))
        {
            return;
        }

        while (attributes.TryRead(out var attribute))
        {
            var list = attribute.Nested;
            while (attribute.Type == Elements && list.TryRead(out var element))
            {
                ReadElement(element.Nested, onElement);
            }
        }
    }

    private static void ReadElement(AttributeReader attributes, NftElementHandler onElement)
    {
        ReadOnlySpan<byte> key = default, keyEnd = default;
        var isIntervalEnd = false;
        NftVerdict? verdict = null;
        (long, long)? count = null;
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case Key:
                    key = NftData.Octets(attribute);
                    break;
                case KeyEnd:
                    keyEnd = NftData.Octets(attribute);
                    break;
                case Flags:
                    isIntervalEnd = (attribute.U32BigEndian & IntervalEnd) != 0;
                    break;
                case Expression when NftExpressionCodec.TryReadOneCount(attribute.Nested, out var packets, out var octets):
                    count = (packets, octets);
                    break;
                case Data when NftData.TryReadVerdict(attribute, out var value):
                    verdict = value;
                    break;
            }
        }

        onElement(new NftElement { Key = key, KeyEnd = keyEnd, IsIntervalEnd = isIntervalEnd, Verdict = verdict, Count = count });
    }
}
