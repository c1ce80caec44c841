using System.Globalization;
using Routing.Policy.Model;

namespace Routing.Policy.Translate.Calico;

/// <summary>Protocols, ports and ICMP messages of rules of Calico's policies.</summary>
internal sealed class CalicoPorts(ProblemList problems)
{
    private const string PortAllowed =
        "a number from 1 to 65535, two of them as \"from:to\", or a name of letters, digits, '_', '.' and '-'";

    /// <summary>A protocol; null for none, also for one that is none.</summary>
    public TransportProtocol? Protocol(NumberOrText? text, string field)
    {
        if (text is null)
        {
            return null;
        }

        if (CalicoProtocols.TryParse(text.Text, out var protocol))
        {
            return protocol;
        }

        problems.Add(field, text.Text, CalicoProtocols.Allowed);
        return null;
    }

    /// <summary>Ports of a protocol; names also without one.</summary>
    public IEnumerable<PortSpec> Translate(IList<NumberOrText>? ports, TransportProtocol? protocol, string field)
    {
        foreach (var (i, port) in (ports ?? []).Index())
        {
            foreach (var one in Translate(port?.Text ?? "", protocol, $"{field}[{i}]"))
            {
                yield return one;
            }
        }
    }

    /// <summary>Messages of a protocol that has them.</summary>
    public PortSpec.Icmp? Icmp(CalicoIcmp? icmp, TransportProtocol? protocol, string field)
    {
        if (icmp is null)
        {
            return null;
        }

        problems.AddUnknown(icmp.Others, field);
        if (protocol is not { } known || !known.HasTypes())
        {
            problems.Add(field, protocol?.CalicoName(), "protocol: ICMP or ICMPv6 beside it");
            return null;
        }

        if (icmp.Type is < 0 or > 254)
        {
            problems.Add($"{field}.type", $"{icmp.Type}", "a number from 0 to 254");
            return null;
        }

        if (icmp.Code is < 0 or > 255 || (icmp.Code is not null && icmp.Type is null))
        {
            problems.Add($"{field}.code", $"{icmp.Code}", "a number from 0 to 255, and a type beside it");
            return null;
        }

        return new PortSpec.Icmp(known, (byte?)icmp.Type, (byte?)icmp.Code);
    }

    private IEnumerable<PortSpec> Translate(string text, TransportProtocol? protocol, string field)
    {
        if (protocol is { } known && !known.HasPorts())
        {
            problems.Add(field, text, $"no ports: {known.CalicoName()} has none");
            return [];
        }

        if (TryNumbers(text, out var low, out var high))
        {
            if (low == 0 || low > high)
            {
                problems.Add(field, text, PortAllowed);
                return [];
            }

            if (protocol is null)
            {
                problems.Add(field, text, "a protocol with ports beside it: TCP, UDP, SCTP or UDPLite");
                return [];
            }

            return [new PortSpec.Numbers(protocol.Value, low, high)];
        }

        if (!IsName(text))
        {
            problems.Add(field, text, PortAllowed);
            return [];
        }

        return protocol is { } one
            ? [new PortSpec.Named(one, text)]
            : TransportProtocolExtensions.OfContainers.Select(any => new PortSpec.Named(any, text));
    }

    private static bool TryNumbers(string text, out ushort low, out ushort high)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (first, last) = colon < 0 ? (text, text) : (text[..colon], text[(colon + 1)..]);
        high = 0;
        return TryNumber(first, out low) && TryNumber(last, out high);
    }

    private static bool TryNumber(string text, out ushort number) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static bool IsName(string text) =>
        text.Length is > 0 and <= 128 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-')
        && !text.All(char.IsAsciiDigit);
}
